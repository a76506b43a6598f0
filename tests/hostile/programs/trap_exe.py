# Attempts: to make the engine open what lies at a path of this program's choosing. Whoever reads an interpreter's
# frames from outside opens its shared library by the name in /proc/PID/maps; here that name leads to a FIFO, from
# which a reader never comes back.
import mmap, os

print('ready', flush=True)
with open('/usr/bin/python3', 'rb') as file:
    head = file.read(8192)
path = '/tmp/libpython3.11.so'
with open(path, 'wb') as file:
    file.write(head)
fd = os.open(path, os.O_RDWR)
keep = mmap.mmap(fd, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC, flags=mmap.MAP_PRIVATE)
os.unlink(path)
for name in [path, path + ' (deleted)']:
    os.mkfifo(name)
from socket import *
a, b = socketpair()
a.send(b'x')
print('still here')
