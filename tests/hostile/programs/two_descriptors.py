# Attempts: to have the trace take one descriptor for another: a file in place of a socket, a socket in place of a file,
# another socket under the same number, and all of that again and again while a second thread calls on it.
import os, threading
from socket import *

print('ready', flush=True)
first, second = socketpair()
number = first.fileno()
first.send(b'by the first')
kept = first.detach()
on_disk = os.open('/tmp/file', os.O_RDWR | os.O_CREAT)
os.dup2(on_disk, kept)
os.write(kept, b'into the file')
os.close(kept)
third, fourth = socketpair()
fifth, sixth = socketpair()
print('same number', kept in (third.fileno(), fourth.fileno()))
third.send(b'by the third')
os.closerange(third.fileno(), third.fileno() + 1)
os.dup2(fifth.fileno(), third.fileno())
os.write(third.fileno(), b'by the fifth')
third.detach()

on = True
def call():
    while on:
        try:
            os.write(kept, b'.')
        except OSError:
            pass
thread = threading.Thread(target=call)
thread.start()
for _ in range(40): # each turn waits for the other thread to let go of the interpreter
    a, b = socketpair()
    os.dup2(a.fileno(), kept)
    a.close()
    b.close()
    os.dup2(on_disk, kept)
on = False
thread.join()
os.write(kept, b'the last word')
print('done', os.fstat(on_disk).st_size > 0)
