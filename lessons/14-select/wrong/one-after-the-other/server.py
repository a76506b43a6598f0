from socket import socket, AF_INET, SOCK_STREAM, SOL_SOCKET, SO_REUSEADDR

listener = socket(AF_INET, SOCK_STREAM)
listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
listener.bind(("192.168.1.4", 18888))
listener.listen(10)

while True:
    conn, peer = listener.accept()
    print("connected:", peer)
    while data := conn.recv(1024):
        conn.sendall(data.upper())
    print("gone:", peer)
    conn.close()
