from socket import *

# A server that says hello once.
server = socket(AF_INET, SOCK_STREAM)
server.bind(("0.0.0.0", 18888))
server.listen(5)
conn, peer = server.accept()
print(f"connected: {peer}", 42)
conn.send(b"hello\n")
conn.close()
