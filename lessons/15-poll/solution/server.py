from select import poll, POLLIN, POLLHUP, POLLERR
from socket import socket, AF_INET, SOCK_STREAM, SOL_SOCKET, SO_REUSEADDR

listener = socket(AF_INET, SOCK_STREAM)
listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
listener.bind(("192.168.1.4", 18888))
listener.listen(10)

poller = poll()
poller.register(listener, POLLIN)
conns = {}
while True:
    for fd, event in poller.poll():
        if fd == listener.fileno():
            conn, peer = listener.accept()
            poller.register(conn, POLLIN)
            conns[conn.fileno()] = conn
        elif event & (POLLIN | POLLHUP | POLLERR):
            try:
                data = conns[fd].recv(1024)
                conns[fd].sendall(data.upper())
            except OSError as error:
                print("lost a client:", error)
                data = b""
            if not data:
                poller.unregister(fd)
                conns.pop(fd).close()
