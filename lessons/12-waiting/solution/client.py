from socket import create_connection
from time import monotonic, process_time

begun = monotonic()

disk = create_connection(("192.168.1.4", 18888))
disk.sendall(b"page 7\n")

cpu = create_connection(("192.168.1.5", 18888))
cpu.sendall(b"100000\n")

print(disk.makefile().readline(), end="")
print(cpu.makefile().readline(), end="")

print(f"it took {monotonic() - begun:.2f} s, of which I worked {process_time():.2f} s")
