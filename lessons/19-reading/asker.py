import sys
from socket import *

HOST = sys.argv[1]
PORT = int(sys.argv[2])
text = sys.argv[3]

sockfd = socket(AF_INET, SOCK_DGRAM)
sockfd.settimeout(2)
sockfd.sendto(text.encode(), (HOST, PORT))
try:
    data, server = sockfd.recvfrom(1024)
    print(data.decode())
except TimeoutError:
    print("no answer")
sockfd.close()
