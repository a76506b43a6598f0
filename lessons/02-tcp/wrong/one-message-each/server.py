from socket import socket, AF_INET, SOCK_STREAM

listener = socket(AF_INET, SOCK_STREAM)
listener.bind(("192.168.1.4", 18888))
listener.listen(10)

guests = []
while True:
    conn, peer = listener.accept()
    print("connected:", peer)
    guests.append(conn)
    print(conn.recv(5))
    conn.sendall(input("reply> ").encode())
