# Attempts: to lie about what is sent: one thread writes another word into a buffer for ever, while the other one sends
# it. The tracer may read one word and the kernel the other.
import ctypes, sys, threading
from socket import *

libc = ctypes.CDLL(None, use_errno=True)
sys.setswitchinterval(1e-4)
print('ready', flush=True)
inbox = socket(AF_INET, SOCK_DGRAM)
inbox.bind(('127.0.0.1', 19999))
sock = socket(AF_INET, SOCK_DGRAM)
sock.connect(('127.0.0.1', 19999))
buffer = ctypes.create_string_buffer(b'a' * 8, 8)
on = True
def flip():
    while on:
        buffer.raw = b'a' * 8
        buffer.raw = b'b' * 8
thread = threading.Thread(target=flip)
thread.start()
truth = []
for _ in range(300):
    libc.send(sock.fileno(), buffer, 8, 0)
    truth.append(inbox.recv(8).decode())
on = False
thread.join()
print('truth', *truth)
