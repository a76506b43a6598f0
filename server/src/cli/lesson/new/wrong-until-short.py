from socket import socket, AF_INET, SOCK_STREAM

listener = socket(AF_INET, SOCK_STREAM)
listener.bind(("192.168.1.4", 18888))
listener.listen(5)

conn, peer = listener.accept()
while len(part := conn.recv(3)) == 3:  # takes a short part for the last
    print(part)
conn.close()
listener.close()
