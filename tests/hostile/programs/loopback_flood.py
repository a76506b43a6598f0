# Attempts: calls without end, on sockets that send nothing over the wire.
from socket import *

print('ready', flush=True)
a, b = socketpair()
while True:
    a.send(b'x')
    b.recv(1)
