# Attempts: every descriptor that there is, all of them sockets.
import errno
from socket import *

print('ready', flush=True)
all = []
try:
    while True:
        all.append(socket())
except OSError as error:
    print(errno.errorcode[error.errno], len(all))
