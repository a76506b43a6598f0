import socket
print(socket.socket().connect_ex(("192.168.1.4", 9)))
