import os
from socket import socket, AF_UNIX, SOCK_STREAM, SOL_SOCKET, SO_REUSEADDR

PATH = "chat.sock"


def server():
    listener = socket(AF_UNIX, SOCK_STREAM)
    listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    listener.bind(PATH)
    listener.listen(5)
    if os.fork() == 0:
        listener.close()
        client()
        os._exit(0)

    conn, peer = listener.accept()
    while text := conn.recv(1024):
        print("server: heard", text, "from", repr(peer))
        conn.sendall(b"I heard " + text)
    conn.close()
    listener.close()
    os.wait()


def client():
    sock = socket(AF_UNIX, SOCK_STREAM)
    sock.connect(PATH)
    for text in ["hello", "你好"]:
        sock.sendall(text.encode())
        print("client:", sock.recv(1024).decode(), flush=True)
    sock.close()


server()
print("--- the server is started again ---")
server()
