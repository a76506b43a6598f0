from socket import socket, AF_INET, SOCK_STREAM

listener = socket(AF_INET, SOCK_STREAM)
listener.bind(("192.168.1.4", 18888))
listener.listen(5)

conn, peer = listener.accept()
while part := conn.recv(3):
    print(part)
conn.close()
listener.close()
