from socket import create_connection
from time import sleep

sock = create_connection(("192.168.1.4", 18888))
answers = sock.makefile()

sock.sendall(b"good morning\n")
print(answers.readline(), end="")
sleep(0.2)
sock.sendall(b"goodbye\n")
print(answers.readline(), end="")

answers.close()
sock.close()
