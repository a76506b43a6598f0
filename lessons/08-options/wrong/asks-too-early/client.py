from socket import socket, AF_INET, SOCK_STREAM, SOL_SOCKET, SO_RCVBUF, SO_TYPE

SERVER = "192.168.1.4", 18888

first = socket(AF_INET, SOCK_STREAM)
print("before connect:", first.fileno(), first.getsockname())

print("this end:", first.getsockname())
print("that end:", first.getpeername())
first.connect(SERVER)

first.setsockopt(SOL_SOCKET, SO_RCVBUF, 4096)
print("buffer:", first.getsockopt(SOL_SOCKET, SO_RCVBUF))

first.sendall(b"ping")
print(first.recv(1024))
first.close()

second = socket(AF_INET, SOCK_STREAM)
second.connect(SERVER)
print("the second one:", second.fileno(), second.getsockname())
second.close()
