import socket
conn = socket.create_connection(("192.168.1.4", 18888))
for word in (b"one", b"two", b"three"):
    conn.sendall(word)
conn.close()
