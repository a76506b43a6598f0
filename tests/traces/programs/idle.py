import socket
server = socket.create_server(("192.168.1.4", 18888))
server.settimeout(1)
try:
    server.accept()
except TimeoutError:
    print("nobody came")
