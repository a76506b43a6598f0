from socket import socket, AF_INET, SOCK_STREAM

listener = socket(AF_INET, SOCK_STREAM)
listener.bind(("192.168.1.4", 18888))
listener.listen()
conn, peer = listener.accept()

while part := conn.recv(1024):
    for message in part.decode().splitlines():
        print("message:", message)

conn.close()
listener.close()
