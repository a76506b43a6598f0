from socket import socket, AF_INET, SOCK_STREAM, SOCK_DGRAM
from time import sleep

TO = "192.168.1.4", 18888
COUNT = 20

stream = socket(AF_INET, SOCK_STREAM)
stream.connect(TO)
letters = socket(AF_INET, SOCK_DGRAM)

for number in range(1, COUNT + 1):
    stream.sendall(b"%02d\n" % number)
    letters.sendto(b"%02d\n" % number, TO)
    letters.sendto(b"%02d\n" % number, TO)
    sleep(0.02)

stream.close()
letters.close()
