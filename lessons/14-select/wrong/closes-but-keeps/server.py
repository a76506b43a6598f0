from select import select
from socket import socket, AF_INET, SOCK_STREAM, SOL_SOCKET, SO_REUSEADDR

listener = socket(AF_INET, SOCK_STREAM)
listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
listener.bind(("192.168.1.4", 18888))
listener.listen(10)

watched = [listener]
while True:
    readable, _, _ = select(watched, [], [])
    for sock in readable:
        if sock is listener:
            conn, peer = listener.accept()
            print("connected:", peer)
            watched.append(conn)
        elif data := sock.recv(1024):
            sock.sendall(data.upper())
        else:
            print("gone:", sock.getpeername())
            sock.close()
