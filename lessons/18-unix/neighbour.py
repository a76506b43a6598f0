import os
import stat
from socket import socket, AF_UNIX, SOCK_STREAM

os.mkfifo("pipe")
os.symlink("neighbour.py", "link")
socket(AF_UNIX, SOCK_STREAM).bind("own.sock")

for path in [".", "neighbour.py", "link", "pipe", "own.sock", "/dev/null"]:
    print(stat.filemode(os.lstat(path).st_mode), path)

print("chat.sock is here:", os.path.exists("chat.sock"))
try:
    socket(AF_UNIX, SOCK_STREAM).connect("chat.sock")
except OSError as error:
    print(error)
