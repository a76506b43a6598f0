from socket import socket, AF_INET, SOCK_STREAM, SOCK_DGRAM

HERE = "192.168.1.4", 18888

listener = socket(AF_INET, SOCK_STREAM)
listener.bind(HERE)
listener.listen()

letters = socket(AF_INET, SOCK_DGRAM)
letters.bind(HERE)

conn, peer = listener.accept()
while part := conn.recv(1024):
    print("by stream:", part)
conn.close()
listener.close()

letter, sender = letters.recvfrom(1024)
print("by datagram:", letter)
letters.close()
