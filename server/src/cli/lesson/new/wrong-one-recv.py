from socket import socket, AF_INET, SOCK_STREAM

listener = socket(AF_INET, SOCK_STREAM)
listener.bind(("192.168.1.4", 18888))
listener.listen(5)

conn, peer = listener.accept()
print(conn.recv(1024))  # enough for all, if all is there
conn.close()
listener.close()
