import socket
server = socket.create_server(("192.168.1.4", 18888))
conn, peer = server.accept()
print(conn.recv(100))
conn.sendall(b"fine\n")
conn.close()
server.close()
