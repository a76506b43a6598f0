from socket import socket, AF_INET, SOCK_STREAM

PAGES = {
    "/": ("200 OK", "<h1>Hello, 你好</h1>"),
    "/old": ("301 Moved Permanently", "This page lives at / now."),
    "/secret": ("401 Unauthorized", "Who are you?"),
    "/private": ("403 Forbidden", "I know who you are. No."),
    "/broken": ("500 Internal Server Error", "The program behind this page failed."),
    "/busy": ("503 Service Unavailable", "Come back later."),
}
EXTRA = {"/old": "Location: /\r\n", "/secret": 'WWW-Authenticate: Basic realm="lab"\r\n'}


def respond(method, target, body):
    path, _, query = target.partition("?")
    status, text = PAGES.get(path, ("404 Not Found", "There is no such page."))
    if method == "POST":
        text = f"You posted {len(body)} bytes: {body.decode()}"
    elif method not in ("GET", "HEAD"):
        status, text = "405 Method Not Allowed", "GET, HEAD and POST, please."
    elif query:
        text = f"You asked with {query}"
    content = (text + "\n").encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(content)}\r\n"
    head += EXTRA.get(path, "") + "\r\n"
    return head.encode() + (b"" if method == "HEAD" else content)


def talk(conn):
    waiting = b""
    while True:
        while b"\r\n\r\n" not in waiting:  # the empty line that ends the head
            part = conn.recv(1024)
            if not part:
                return
            waiting += part
        head, waiting = waiting.split(b"\r\n\r\n", 1)
        request_line, *headers = head.decode().split("\r\n")
        print(request_line)
        try:
            method, target, version = request_line.split(" ")
            fields = {name.lower(): value for name, value in (line.split(":", 1) for line in headers)}
            length = int(fields.get("content-length", 0))
        except ValueError:
            conn.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            return
        while len(waiting) < length:
            waiting += conn.recv(1024)
        body, waiting = waiting[:length], waiting[length:]
        conn.sendall(respond(method, target, body))


listener = socket(AF_INET, SOCK_STREAM)
listener.bind(("192.168.1.4", 15555))
listener.listen(10)
conn, peer = listener.accept()
talk(conn)
conn.close()
listener.close()
