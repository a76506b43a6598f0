# Attempts: to fill a disk and to leave it so.
import errno, os

print('ready', flush=True)
file = open('/tmp/fill', 'wb', buffering=0)
other = open('/tmp/fill2', 'wb', buffering=0)
try:
    for _ in range(64):
        file.write(bytes(1 << 16))
        other.write(bytes(1 << 16))
except OSError as error:
    print(errno.errorcode[error.errno])
