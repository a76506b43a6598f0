import socket
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("192.168.1.4", 18888))
server.settimeout(0.5)
try:
    print(server.recvfrom(100))
except TimeoutError:
    print("nothing came")
