from socket import create_connection

sock = create_connection(("192.168.1.4", 18888))
try:
    sock.setblocking()
except TypeError as error:
    print(error)
sock.sendall(b"everything\n")
print(sock.recv(1024).decode())
