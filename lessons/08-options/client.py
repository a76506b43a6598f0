from socket import socket, AF_INET, SOCK_STREAM, SOL_SOCKET, SO_RCVBUF, SO_TYPE

SERVER = "192.168.1.4", 18888

first = socket(AF_INET, SOCK_STREAM)
print("before connect:", first.fileno(), first.getsockname())

first.connect(SERVER)
# Your turn: print the address of each end of this connection.

# Your turn: ask for a receive buffer of 4096 bytes, then ask how large it is.

first.sendall(b"ping")
print(first.recv(1024))
first.close()

second = socket(AF_INET, SOCK_STREAM)
second.connect(SERVER)
print("the second one:", second.fileno(), second.getsockname())
second.close()
