from socket import socket, AF_INET, SOCK_STREAM

listener = socket(AF_INET, SOCK_STREAM)
listener.bind(("192.168.1.4", 18888))
listener.listen()
conn, peer = listener.accept()

for number in range(3):
    print("message:", conn.recv(1024).decode())

conn.close()
listener.close()
