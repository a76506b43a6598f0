from socket import create_connection
from time import process_time

sock = create_connection(("192.168.1.4", 18888))
sock.sendall(b"everything\n")
print("still waiting")

answer = b""
in_vain = 0
while part := sock.recv(1024):
    answer += part

sock.close()
print(answer.decode(), end="")
print(f"{in_vain} times in vain, {process_time():.2f} s of work")
