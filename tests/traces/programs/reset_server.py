import socket
server = socket.create_server(("192.168.1.4", 18888))
conn, peer = server.accept()
try:
    conn.recv(100)
except ConnectionResetError as error:
    print(error)
