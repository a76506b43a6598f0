from socket import create_connection
from time import sleep

sock = create_connection(("192.168.1.4", 18888))
answers = sock.makefile()

sock.sendall(b"alice is here\n")
print(answers.readline(), end="")

sleep(1)  # alice is thinking

sock.sendall(b"alice is leaving\n")
print(answers.readline(), end="")
sock.close()
