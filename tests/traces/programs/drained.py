import select, socket
server = socket.create_server(("192.168.1.4", 18888))
conn, peer = server.accept()
conn.setblocking(False)
edge = select.epoll()
edge.register(conn, select.EPOLLIN | select.EPOLLET)
edge.poll()
try:
    while conn.recv(3):
        pass
except BlockingIOError:
    print(edge.poll(0.01))
conn.close()
