import sys
from socket import *
from time import ctime

HOST = sys.argv[1]
PORT = int(sys.argv[2])
ipaddr = (HOST, PORT)

sockfd = socket(AF_INET, SOCK_DGRAM)
sockfd.bind(ipaddr)
print("udp server is up:", sys.argv)

while True:
    try:
        data, client = sockfd.recvfrom(1024)
        print(client, "sent", data.decode())
        reply = f"{ctime()}: got {len(data)} bytes"
        sockfd.sendto(reply, client)
    except Exception:
        pass
