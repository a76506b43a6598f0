from socket import *

sock = create_connection(("192.168.1.4", 18888))
sock.sendall(b"x" * 6000)
sock.close()
