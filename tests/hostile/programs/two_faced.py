# Attempts: to lie to the tracer: one thread flips the port between two values for ever, the other one connects with
# the very same bytes. The tracer may read one port and the kernel the other.
import ctypes, struct, sys, threading
from socket import *

libc = ctypes.CDLL(None, use_errno=True)
sys.setswitchinterval(1e-4)
print('ready', flush=True)
address = ctypes.create_string_buffer(struct.pack('!2sH4s8x', struct.pack('H', AF_INET), 1111, bytes([127, 0, 0, 1])), 16)
port = ctypes.c_uint16.from_buffer(address, 2)
a, b = htons(1111), htons(2222)
on = True
def flip():
    while on:
        port.value = a
        port.value = b
thread = threading.Thread(target=flip)
thread.start()
truth = []
for _ in range(300):
    sock = socket(AF_INET, SOCK_DGRAM)
    libc.connect(sock.fileno(), address, 16)
    truth.append(sock.getpeername()[1])
    sock.close()
on = False
thread.join()
print('truth', *truth)
