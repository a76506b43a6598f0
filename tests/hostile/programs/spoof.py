# Attempts: to speak in another host's name: to send from its address.
import errno
from socket import *

print('ready', flush=True)
sock = socket(AF_INET, SOCK_DGRAM)
sock.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)
sock.setsockopt(SOL_IP, 15, 1)  # IP_FREEBIND
sock.bind(('192.168.1.5', 9))
try:
    sock.sendto(b'I am 192.168.1.5', ('192.168.1.255', 9))
    print('sent')
except OSError as error:
    print(errno.errorcode[error.errno])
