from socket import create_connection

sock = create_connection(("192.168.1.4", 15555))
sock.sendall(b"GET / HTTP/1.1\r\nCookie: " + b"c" * 6000 + b"\r\n\r\n")
try:
    while part := sock.recv(4096):
        print("received", len(part), "bytes")
    print("the end")
except ConnectionResetError as error:
    print(error)
