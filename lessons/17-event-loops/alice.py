from socket import create_connection
from time import monotonic

begun = monotonic()
sock = create_connection(("192.168.1.4", 18888))
sock.sendall(b"alice\n")
print(sock.makefile().readline().strip(), f"after {monotonic() - begun:.2f} s")
sock.close()
