import sys
from select import select
from socket import create_connection

HOST, PORT, NAME = sys.argv[1], int(sys.argv[2]), sys.argv[3]

sock = create_connection((HOST, PORT))
sock.sendall(f"{NAME}\n".encode())
print("Write a line and press Enter; an empty line ends.")
while True:
    readable, _, _ = select([sock, sys.stdin], [], [])
    if sock in readable:
        data = sock.recv(4096)
        if not data:
            print("the server is gone")
            break
        print(data.decode(errors="replace"), end="")
    if sys.stdin in readable:
        text = sys.stdin.readline()
        if not text.strip():
            break
        sock.sendall(text.encode())

sock.close()
