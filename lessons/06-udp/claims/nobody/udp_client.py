from socket import socket, AF_INET, SOCK_DGRAM

sock = socket(AF_INET, SOCK_DGRAM)
sock.settimeout(1)
for port in 9, 9:
    print(sock.sendto(b"hello", ("192.168.1.4", port)))
    try:
        sock.recvfrom(1024)
    except TimeoutError as error:
        print(error)
