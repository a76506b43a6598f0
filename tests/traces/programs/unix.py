import os, socket
server = socket.socket(socket.AF_UNIX)
server.bind("talk.sock")
server.listen()
if os.fork() == 0:
    client = socket.socket(socket.AF_UNIX)
    client.connect("talk.sock")
    client.sendall(b"hello")
    os._exit(0)
conn, _ = server.accept()
print(conn.recv(100))
os.unlink("talk.sock")
