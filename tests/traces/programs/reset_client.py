import socket, struct
conn = socket.create_connection(("192.168.1.4", 18888))
conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
conn.close()
