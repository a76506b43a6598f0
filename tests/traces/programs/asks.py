import socket
server = socket.create_server(("192.168.1.4", 18888))
conn, peer = server.accept()
conn.setblocking(False)
for _ in range(100):
    try:
        conn.recv(100)
        break
    except BlockingIOError:
        pass
