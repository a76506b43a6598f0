from socket import socket, AF_INET, SOCK_STREAM

listener = socket(AF_INET, SOCK_STREAM)
listener.bind(("192.168.1.4", 18888))
listener.listen()
conn, peer = listener.accept()
total = 0
while part := conn.recv(1024):
    total += len(part)
conn.sendall(b"%d bytes in all" % total)
conn.close()
