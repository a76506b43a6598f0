from socket import socket, AF_INET, SOCK_STREAM

listener = socket(AF_INET, SOCK_STREAM)
listener.bind(("192.168.1.4", 18888))
listener.listen()
conn, peer = listener.accept()

buffer = b""
while True:
    buffer += conn.recv(1024)
    while b"\n" in buffer:
        message, buffer = buffer.split(b"\n", 1)
        print("message:", message.decode())

conn.close()
listener.close()
