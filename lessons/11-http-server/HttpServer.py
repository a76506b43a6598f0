from socket import socket, SOL_SOCKET, SO_REUSEADDR

HOST, PORT = "0.0.0.0", 15555


def handle(conn):
    request = conn.recv(4096)
    for line in request.splitlines():
        print(line)
    path = request.split()[1].decode()
    try:
        page = open(path[1:] or "django.html", encoding="utf8")
    except OSError:
        response = "HTTP/1.1 404 not found "
        response += " "
        response += "sorry, there is no such page"
    else:
        response = "HTTP/1.1 200 ok "
        response += " "
        response += page.read()
    finally:
        conn.send(response.encode())
        page.close()
    print("answered")


def main():
    listener = socket()
    listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    listener.bind((HOST, PORT))
    listener.listen(10)
    while True:
        conn, peer = listener.accept()
        handle(conn)


main()
