from socket import socket, AF_INET, SOCK_STREAM, SOCK_DGRAM

HERE = "192.168.1.4", 18888

letters = socket(AF_INET, SOCK_DGRAM)
letters.bind(HERE)
letters.settimeout(0.3)
listener = socket(AF_INET, SOCK_STREAM)
listener.bind(HERE)
listener.listen()
stream, peer = listener.accept()

received = b""
while part := stream.recv(1024):
    received += part
print("TCP:", len(received.split()), "of 40")

count = 0
try:
    while letters.recvfrom(1024):
        count += 1
except TimeoutError:
    print("UDP:", count, "of 40")
