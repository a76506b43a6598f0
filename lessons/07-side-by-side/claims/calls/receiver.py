from socket import socket, AF_INET, SOCK_STREAM, SOCK_DGRAM

HERE = "192.168.1.4", 18888

letters = socket(AF_INET, SOCK_DGRAM)
letters.bind(HERE)
listener = socket(AF_INET, SOCK_STREAM)
listener.bind(HERE)
listener.listen()
stream, peer = listener.accept()

print(stream.recvfrom(1024))
letters.settimeout(2)
print(letters.recv(1024))
