from socket import create_connection
from time import process_time

sock = create_connection(("192.168.1.4", 18888))
sock.sendall(b"everything\n")
sock.settimeout(0.1)

answer = b""
in_vain = 0
while True:
    try:
        part = sock.recv(1024)
    except TimeoutError:
        in_vain += 1
        print("still waiting")
        break
    if not part:
        break
    answer += part

sock.close()
print(answer.decode(), end="")
print(f"{in_vain} times in vain, {process_time():.2f} s of work")
