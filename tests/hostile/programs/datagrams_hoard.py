# Attempts: the kernel's memory, by UDP sockets with the largest buffers that it gives, full of what nobody reads.
import errno
from socket import *

print('ready', flush=True)
sender = socket(AF_INET, SOCK_DGRAM)
full = []
for port in range(20000, 20060):
    try:
        sock = socket(AF_INET, SOCK_DGRAM)
        sock.setsockopt(SOL_SOCKET, SO_RCVBUF, 64 << 20)
        sock.bind(('127.0.0.1', port))
        full.append(sock)
        for _ in range(160):
            sender.sendto(bytes(60000), ('127.0.0.1', port))
    except OSError as error:
        print(errno.errorcode[error.errno])
        break
kept = 0
for sock in full:
    sock.setblocking(False)
    try:
        while True:
            kept += len(sock.recv(65536))
    except BlockingIOError:
        pass
print('kept', kept >> 20, 'MB')
