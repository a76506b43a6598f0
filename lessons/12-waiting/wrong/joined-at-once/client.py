from socket import create_connection
from threading import Thread
from time import monotonic, process_time

begun = monotonic()


def ask(address, question):
    sock = create_connection(address)
    sock.sendall(question)
    print(sock.makefile().readline(), end="")


for address, question in [
    (("192.168.1.4", 18888), b"page 7\n"),
    (("192.168.1.5", 18888), b"100000\n"),
]:
    thread = Thread(target=ask, args=(address, question))
    thread.start()
    thread.join()

print(f"it took {monotonic() - begun:.2f} s, of which I worked {process_time():.2f} s")
