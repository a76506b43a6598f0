from socket import socket, AF_INET, SOCK_STREAM

listener = socket(AF_INET, SOCK_STREAM)
listener.bind(("192.168.1.4", 18888))
listener.listen(10)

while True:
    conn, peer = listener.accept()
    print("connected:", peer)
    while part := conn.recv(5):
        print(part)
        conn.sendall(input("reply> ").encode())
    print("the client is gone")
    conn.close()
