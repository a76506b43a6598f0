from socket import *

stream = socket.socket(AF_INET, SOCK_STREAM)
