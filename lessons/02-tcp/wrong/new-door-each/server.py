from socket import socket, AF_INET, SOCK_STREAM

while True:
    listener = socket(AF_INET, SOCK_STREAM)
    listener.bind(("192.168.1.4", 18888))
    listener.listen(10)

    conn, peer = listener.accept()
    listener.close()
    print("connected:", peer)
    while part := conn.recv(5):
        print(part)
        conn.sendall(input("reply> ").encode())
