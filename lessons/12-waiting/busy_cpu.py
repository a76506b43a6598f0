from socket import socket, AF_INET, SOCK_STREAM, SOL_SOCKET, SO_REUSEADDR
from time import process_time


def count_primes(limit):
    return sum(all(n % d for d in range(2, int(n**0.5) + 1)) for n in range(2, limit))


listener = socket(AF_INET, SOCK_STREAM)
listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
listener.bind(("192.168.1.5", 18888))
listener.listen(5)

conn, peer = listener.accept()
question = conn.makefile().readline()
primes = count_primes(int(question))
conn.sendall(f"{primes} primes\n".encode())
conn.close()
print(f"worked for {process_time():.2f} s")
