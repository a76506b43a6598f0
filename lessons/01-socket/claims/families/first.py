from socket import socket, AF_UNIX, SOCK_STREAM

room = socket(AF_UNIX, SOCK_STREAM)
room.bind("room")
room.listen()
guest = socket(AF_UNIX, SOCK_STREAM)
guest.connect("room")
print(room.getsockname(), guest.getpeername())
