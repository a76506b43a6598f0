# Attempts: frames without end, to everybody.
from socket import *

print('ready', flush=True)
sock = socket(AF_INET, SOCK_DGRAM)
sock.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)
while True:
    sock.sendto(bytes(1400), ('192.168.1.255', 9))
