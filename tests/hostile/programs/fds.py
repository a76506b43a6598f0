# Attempts: every descriptor that there is, in one process.
import errno, os

print('ready', flush=True)
count = 0
try:
    while True:
        os.open('/dev/null', os.O_RDONLY)
        count += 1
except OSError as error:
    print(errno.errorcode[error.errno], count)
