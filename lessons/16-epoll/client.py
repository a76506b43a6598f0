from socket import create_connection

sock = create_connection(("192.168.1.4", 18888))
sock.settimeout(1)

for text in [b"hello world", b"!"]:
    sock.sendall(text)
    answer = b""
    try:
        while len(answer) < len(text):
            answer += sock.recv(1024)
    except TimeoutError:
        print("no more comes")
    print(f"sent {text}, got {answer}")

sock.close()
