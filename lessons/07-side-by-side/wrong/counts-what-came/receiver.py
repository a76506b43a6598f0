from socket import socket, AF_INET, SOCK_STREAM, SOCK_DGRAM

HERE = "192.168.1.4", 18888
COUNT = 20

letters = socket(AF_INET, SOCK_DGRAM)
letters.bind(HERE)
listener = socket(AF_INET, SOCK_STREAM)
listener.bind(HERE)
listener.listen()
stream, peer = listener.accept()

received = b""
while part := stream.recv(1024):
    received += part
print("TCP:", received.decode().split())

numbers = []
for _ in range(COUNT - 2):
    datagram, sender = letters.recvfrom(1024)
    numbers.append(datagram.decode().strip())
print("UDP:", numbers)

letters.close()
stream.close()
listener.close()
