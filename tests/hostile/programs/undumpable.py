# Attempts: to hide its memory and its descriptors from the tracer.
import ctypes
from socket import *

libc = ctypes.CDLL(None, use_errno=True)
print('ready', flush=True)
print('dumpable', libc.prctl(4, 0, 0, 0, 0), libc.prctl(3, 0, 0, 0, 0))
a, b = socketpair()
a.send(b'seen all the same')
print(b.recv(64))
