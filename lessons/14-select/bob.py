from socket import create_connection
from time import monotonic, sleep

sleep(0.3)  # bob comes while alice is thinking
begun = monotonic()
sock = create_connection(("192.168.1.4", 18888))
print(f"connected after {monotonic() - begun:.2f} s")

sock.sendall(b"bob is in a hurry\n")
print(sock.makefile().readline(), end="")
print(f"answered after {monotonic() - begun:.2f} s")
sock.close()
