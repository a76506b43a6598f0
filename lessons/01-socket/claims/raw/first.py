from socket import socket, AF_INET, SOCK_RAW, IPPROTO_ICMP

try:
    socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)
except PermissionError as error:
    print(error)
