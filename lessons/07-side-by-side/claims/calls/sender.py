from socket import socket, AF_INET, SOCK_STREAM, SOCK_DGRAM

TO = "192.168.1.4", 18888

stream = socket(AF_INET, SOCK_STREAM)
stream.connect(TO)
stream.sendall(b"by TCP")
stream.close()

letters = socket(AF_INET, SOCK_DGRAM)
letters.connect(TO)
letters.send(b"by UDP")
letters.close()
