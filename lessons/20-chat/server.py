from select import select
from socket import socket, SOL_SOCKET, SO_REUSEADDR

listener = socket()
listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
listener.bind(("192.168.1.4", 18888))
listener.listen(50)

names = {}


def say(text, but):
    print(text, end="")
    for sock in names:
        if sock is not but:
            sock.sendall(text.encode())


while True:
    readable, _, _ = select([listener, *names], [], [])
    for sock in readable:
        if sock is listener:
            conn, peer = listener.accept()
            names[conn] = conn.recv(1024).decode().strip()
            say(f"* {names[conn]} is here\n", but=conn)
        elif text := sock.recv(1024).decode():
            say(f"{names[sock]}: {text}", but=sock)
        else:
            name = names.pop(sock)
            sock.close()
            say(f"* {name} is gone\n", but=None)
