from socket import create_connection

SERVER = ("192.168.1.4", 15555)
REQUEST = b"GET / HTTP/1.1\r\nHost: 192.168.1.4:15555\r\n\r\n"

first = create_connection(SERVER)
first.sendall(REQUEST)
first.settimeout(0.5)
try:
    while first.recv(4096):
        pass
except TimeoutError:
    print("the first visitor has the page and still waits")

second = create_connection(SERVER)
second.sendall(REQUEST)
first.settimeout(5)
print("the first visitor's recv returned", first.recv(4096))
