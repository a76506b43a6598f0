from socket import socket, AF_INET, SOCK_STREAM
from time import sleep


def live(life):
    listener = socket(AF_INET, SOCK_STREAM)
    listener.bind(("192.168.1.4", 18888))
    listener.listen()
    conn, peer = listener.accept()
    while question := conn.recv(1024):
        conn.sendall(b"life %d" % life)
    conn.close()
    listener.close()


live(1)
sleep(1)
live(2)
