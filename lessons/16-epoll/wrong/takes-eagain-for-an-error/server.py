from select import epoll, EPOLLIN, EPOLLET
from socket import socket, AF_INET, SOCK_STREAM, SOL_SOCKET, SO_REUSEADDR

listener = socket(AF_INET, SOCK_STREAM)
listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
listener.bind(("192.168.1.4", 18888))
listener.listen(10)


def drain(conn):
    """Answers all that has come; False once the client has closed."""
    while True:
        data = conn.recv(5)
        if not data:
            return False
        conn.sendall(data.upper())


poller = epoll()
poller.register(listener, EPOLLIN)
conns = {}
while True:
    for fd, event in poller.poll():
        if fd == listener.fileno():
            conn, peer = listener.accept()
            conn.setblocking(False)
            poller.register(conn, EPOLLIN | EPOLLET)
            conns[conn.fileno()] = conn
        elif not drain(conns[fd]):
            conns.pop(fd).close()
