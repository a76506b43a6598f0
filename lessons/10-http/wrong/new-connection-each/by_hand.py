from socket import socket, AF_INET, SOCK_STREAM


def more():
    part = sock.recv(1024)
    if not part:
        raise SystemExit("the server has closed in the middle of its answer")
    return part


def receive(method):
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += more()
    head, body = answer.split(b"\r\n\r\n", 1)
    print(head.decode())
    length = 0
    for line in head.decode().split("\r\n"):
        if line.lower().startswith("content-length:"):
            length = int(line.split(":")[1])
    if method == "HEAD":  # tells how long the page is, and does not send it
        length = 0
    while len(body) < length:
        body += more()
    print(body.decode())


while True:
    request = ""
    while line := input("> "):
        request += line + "\r\n"
    if not request:
        break
    body = input("body> ") if request.startswith("POST") else ""
    sock = socket(AF_INET, SOCK_STREAM)
    sock.connect(("192.168.1.4", 15555))
    sock.sendall((request + "\r\n" + body).encode())
    receive(request.split(" ")[0])
    sock.close()
