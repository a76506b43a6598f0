from socket import socket, AF_INET, SOCK_STREAM

listener = socket(AF_INET, SOCK_STREAM)
listener.bind(("0.0.0.0", 18888))
listener.listen(10)
print("listener", listener.fileno(), listener.type.name, listener.getsockname())

for name in "first", "second":
    conn, peer = listener.accept()
    print(name, "from", peer)
    while part := conn.recv(1024):
        conn.sendall(part)
    conn.close()

listener.close()
