import os
from socket import socket, AF_UNIX, SOCK_STREAM, SOL_SOCKET, SO_REUSEADDR

PATH = "chat.sock"

print("before bind:", os.path.exists(PATH))
listener = socket(AF_UNIX, SOCK_STREAM)
listener.bind(PATH)
print("after bind:", os.path.exists(PATH))
listener.listen(5)
listener.close()
print("after close:", os.path.exists(PATH))

try:
    socket(AF_UNIX, SOCK_STREAM).connect(PATH)
except OSError as error:
    print("connect:", error)

again = socket(AF_UNIX, SOCK_STREAM)
again.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
try:
    again.bind(PATH)
except OSError as error:
    print("bind:", error)
os.unlink(PATH)
again.bind(PATH)
print("bind after unlink: fine")
