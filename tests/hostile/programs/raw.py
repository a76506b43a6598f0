# Attempts: frames and packets of its own making, a false hardware address, a device of its own.
import errno, fcntl, os, struct
from socket import *

print('ready', flush=True)
def attempt(what, deed):
    try:
        deed()
        print(what, 'done')
    except OSError as error:
        print(what, errno.errorcode[error.errno])
attempt('packet', lambda: socket(AF_PACKET, SOCK_RAW, htons(3)))
attempt('packet datagram', lambda: socket(AF_PACKET, SOCK_DGRAM, htons(0x806)))
attempt('raw icmp', lambda: socket(AF_INET, SOCK_RAW, IPPROTO_ICMP))
attempt('raw ip', lambda: socket(AF_INET, SOCK_RAW, IPPROTO_RAW))
sock = socket(AF_INET, SOCK_DGRAM)
name = b'eth0'.ljust(16, b'\0')
attempt('address', lambda: fcntl.ioctl(sock, 0x8916, name + struct.pack('HH4s8x', AF_INET, 0, bytes([192, 168, 1, 99]))))
attempt('hardware address', lambda: fcntl.ioctl(sock, 0x8924, name + struct.pack('H6s8x', 1, bytes([2, 9, 9, 9, 9, 9]))))
attempt('switch off', lambda: fcntl.ioctl(sock, 0x8914, name + struct.pack('H14x', 0)))
attempt('arp entry', lambda: fcntl.ioctl(sock, 0x8955, struct.pack('HH4s8xH6s8xi16x16s', AF_INET, 0, bytes([192, 168, 1, 4]), 1, b'\2\1\1\1\1\1', 4, name)))
attempt('transparent', lambda: sock.setsockopt(SOL_IP, 19, 1))
attempt('mark', lambda: sock.setsockopt(SOL_SOCKET, 36, 1))
attempt('tun', lambda: os.open('/dev/net/tun', os.O_RDWR))
route = socket(AF_NETLINK, SOCK_RAW, 0)
route.send(struct.pack('IHHII', 32, 16, 5, 1, 0) + struct.pack('BBHiII', 0, 0, 1, 2, 0, 1))
print('netlink', errno.errorcode.get(-struct.unpack('i', route.recv(4096)[16:20])[0], 'done'))
