from socket import socket, AF_INET, SOCK_STREAM

listener = socket(AF_INET, SOCK_STREAM)
listener.bind(("192.168.1.4", 18888))
listener.listen()
conn, peer = listener.accept()

print("first five:", conn.recv(5))
print("what waited:", conn.recv(5))
print("and the rest:", conn.recv(5))
conn.sendall(b"now the photo")

photo = b""
while len(part := conn.recv(100_000)) == 100_000:  # a new connection has no room for so many
    photo += part
photo += part
print("the photo has", len(photo), "bytes")
conn.close()
listener.close()
