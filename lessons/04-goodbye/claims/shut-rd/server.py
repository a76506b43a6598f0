from socket import socket, AF_INET, SOCK_STREAM, SHUT_RD

listener = socket(AF_INET, SOCK_STREAM)
listener.bind(("192.168.1.4", 18888))
listener.listen()

conn, peer = listener.accept()
conn.shutdown(SHUT_RD)
conn.sendall(b"I am not listening")

bell, peer = listener.accept()  # by now both of the client's messages are here
print("and still I hear", conn.recv(1024))
conn.close()
bell.close()
listener.close()
