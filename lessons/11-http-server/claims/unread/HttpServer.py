import os.path
from socket import socket, MSG_PEEK, MSG_WAITALL, SOL_SOCKET, SO_REUSEADDR

HOST, PORT = "0.0.0.0", 15555

def answer(conn, status, body):
    head = f"HTTP/1.1 {status}\r\n"
    head += "Content-Type: text/html; charset=utf-8\r\n"
    head += f"Content-Length: {len(body)}\r\n"
    head += "Connection: close\r\n"
    head += "\r\n"
    conn.sendall(head.encode() + body)

def handle(conn):
    conn.recv(6000, MSG_PEEK | MSG_WAITALL)  # more than 4096 bytes of the request have come
    head = conn.recv(4096)
    if not head:
        return
    for line in head.splitlines():
        print(line)
    path = head.split()[1].decode()
    try:
        with open(os.path.basename(path) or "django.html", "rb") as page:
            body = page.read()
    except OSError:
        answer(conn, "404 Not Found", b"sorry, there is no such page\n")
    else:
        answer(conn, "200 OK", body)
    print("answered")

def main():
    listener = socket()
    listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    listener.bind((HOST, PORT))
    listener.listen(10)
    while True:
        conn, peer = listener.accept()
        with conn:
            handle(conn)

main()
