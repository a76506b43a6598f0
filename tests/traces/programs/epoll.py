import select, socket
server = socket.create_server(("192.168.1.4", 18888))
conn, peer = server.accept()
level, edge = select.epoll(), select.epoll()
level.register(conn, select.EPOLLIN)
edge.register(conn, select.EPOLLIN | select.EPOLLET)
print("level", level.poll(), level.poll(0.01))
print("edge", edge.poll(), edge.poll(0.01))
conn.close()
