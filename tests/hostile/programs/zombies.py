# Attempts: dead processes without end, which nobody buries.
import errno, os

print('ready', flush=True)
count = 0
try:
    while True:
        if os.fork() == 0:
            os._exit(0)
        count += 1
except OSError as error:
    print(errno.errorcode[error.errno], count)
