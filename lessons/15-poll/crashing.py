import struct
from socket import create_connection, SOL_SOCKET, SO_LINGER
from time import sleep

sleep(0.5)
sock = create_connection(("192.168.1.4", 18888))
sock.sendall(b"anybody there?\n")
print(sock.makefile().readline(), end="")

# With this option close() sends a reset, as if the machine had lost its memory.
sock.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
sock.close()
