from socket import socket, AF_INET, SOCK_STREAM, SOCK_DGRAM

FRIEND = "192.168.1.4", 18888

stream = socket(AF_INET, SOCK_STREAM)
datagram = socket(AF_INET, SOCK_STREAM)
print("the stream is descriptor", stream.fileno())
print("the datagram socket is descriptor", datagram.fileno())

stream.connect(FRIEND)
stream.sendall(b"hello")
stream.close()

datagram.connect(FRIEND)
datagram.sendall(b"hello")

datagram.close()
