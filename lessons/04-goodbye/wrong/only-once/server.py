from socket import socket, AF_INET, SOCK_STREAM, SOL_SOCKET, SO_REUSEADDR
from time import sleep


def live(life):
    listener = socket(AF_INET, SOCK_STREAM)
    if life == 2:
        listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    listener.bind(("192.168.1.4", 18888))
    listener.listen()
    print("life", life, "is listening")

    conn, peer = listener.accept()
    question = conn.recv(1024)
    conn.sendall(b"life %d heard %d bytes" % (life, len(question)))
    conn.close()
    listener.close()


live(1)
sleep(1)  # the time that a restart takes
live(2)
