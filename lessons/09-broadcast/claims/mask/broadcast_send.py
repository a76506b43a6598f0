from socket import socket, AF_INET, SOCK_DGRAM

sock = socket(AF_INET, SOCK_DGRAM)
for address in "192.168.1.255", "192.168.255.255":
    try:
        print(address, sock.sendto(b"Who is there?", (address, 19999)))
    except PermissionError as error:
        print(address, error)
