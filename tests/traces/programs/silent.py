import socket
conn = socket.create_connection(("192.168.1.4", 18888))
conn.recv(100)
