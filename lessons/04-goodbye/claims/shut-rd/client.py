from socket import create_connection

sock = create_connection(("192.168.1.4", 18888))
print(sock.recv(1024))
print("first:", sock.send(b"one"))
print("second:", sock.send(b"two"))
bell = create_connection(("192.168.1.4", 18888))
print("the end:", sock.recv(1024))
sock.close()
bell.close()
