import socket, time
server = socket.create_server(("192.168.1.4", 18888))
conn, peer = server.accept()
time.sleep(0.2)
print(conn.recv(100))
conn.close()
