# Attempts: the kernel's memory, by TCP connections to itself with the largest buffers, full of what nobody reads.
import errno
from socket import *

print('ready', flush=True)
listener = create_server(('127.0.0.1', 20000), backlog=128)
held, written = [], 0
try:
    for _ in range(60):
        a = create_connection(('127.0.0.1', 20000))
        b, _ = listener.accept()
        for sock in (a, b):
            sock.setsockopt(SOL_SOCKET, SO_RCVBUF, 64 << 20)
            sock.setsockopt(SOL_SOCKET, SO_SNDBUF, 64 << 20)
            sock.setblocking(False)
        held.append((a, b))
        try:
            while True:
                written += a.send(bytes(1 << 18))
        except BlockingIOError:
            pass
except OSError as error:
    print(errno.errorcode[error.errno])
print('kept', written >> 20, 'MB')
