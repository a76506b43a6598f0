from socket import socket, AF_INET, SOCK_STREAM

listener = socket(AF_INET, SOCK_STREAM)
listener.bind(("192.168.1.4", 18888))
listener.listen()
conn, peer = listener.accept()

while header := conn.recv(2):
    size = int.from_bytes(header, "big")
    message = conn.recv(size)
    print("message:", message.decode())

conn.close()
listener.close()
