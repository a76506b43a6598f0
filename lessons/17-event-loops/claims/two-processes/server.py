import os
from select import select
from socket import create_server

listener = create_server(("192.168.1.4", 18888))
listener.setblocking(False)
os.fork()

watched = [listener]
while True:
    for sock in select(watched, [], [])[0]:
        if sock is listener:
            try:
                conn, peer = listener.accept()
            except BlockingIOError:
                continue  # the other process was faster
            watched.append(conn)
        elif question := sock.recv(1024):
            sock.sendall(question.upper())
        else:
            watched.remove(sock)
            sock.close()
