from select import epoll, EPOLLIN, EPOLLET
from socket import socket, AF_INET, SOCK_STREAM, SOL_SOCKET, SO_REUSEADDR

listener = socket(AF_INET, SOCK_STREAM)
listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
listener.bind(("192.168.1.4", 18888))
listener.listen(10)

poller = epoll()
poller.register(listener, EPOLLIN)
conns = {}
while True:
    for fd, event in poller.poll():
        if fd == listener.fileno():
            conn, peer = listener.accept()
            poller.register(conn, EPOLLIN | EPOLLET)
            conns[conn.fileno()] = conn
        else:
            data = conns[fd].recv(1024)
            if data:
                conns[fd].sendall(data.upper())
            else:
                conns.pop(fd).close()
