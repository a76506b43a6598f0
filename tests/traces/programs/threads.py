import socket, threading
server = socket.create_server(("192.168.1.4", 18888))
def serve(conn):
    conn.sendall(conn.recv(100).upper())
    conn.close()
for _ in range(2):
    conn, peer = server.accept()
    threading.Thread(target=serve, args=(conn,)).start()
