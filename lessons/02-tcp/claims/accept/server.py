from socket import socket, AF_INET, SOCK_DGRAM, SOCK_STREAM

letters = socket(AF_INET, SOCK_DGRAM)
letters.bind(("192.168.1.4", 18888))
listener = socket(AF_INET, SOCK_STREAM)
listener.bind(("192.168.1.4", 18888))
listener.listen(10)
letters.recvfrom(100)  # the client says that it has connected and sent its bytes
conn, peer = listener.accept()
print(conn.recv(5))
