# Attempts: the kernel's memory, by sockets full of datagrams that nobody reads.
import errno, os
from socket import *

print('ready', flush=True)
pairs, sent = [], 0
try:
    while True:
        a, b = socketpair(AF_UNIX, SOCK_DGRAM)
        a.setblocking(False)
        pairs.append((a, b))
        try:
            while True:
                sent += a.send(bytes(32768))
        except BlockingIOError:
            pass
except OSError as error:
    print(errno.errorcode[error.errno], len(pairs), 'pairs', sent >> 20, 'MB')
