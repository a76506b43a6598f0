from socket import socket, AF_INET, SOCK_STREAM

photo = bytes(range(256)) * 1500  # 384,000 bytes

sock = socket(AF_INET, SOCK_STREAM)
sock.settimeout(10)
sock.connect(("192.168.1.4", 18888))

sock.sendall(b"hello world")
print("answer:", sock.recv(1024))

sock.sendall(photo)
print("all", len(photo), "bytes are with the kernel")
sock.close()
