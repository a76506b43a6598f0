# Attempts: all memory, by many processes of which each stays within what one may have.
import os, time

print('ready', flush=True)
for _ in range(12):
    if os.fork() == 0:
        kept = bytearray(os.urandom(1 << 20)) * 32
        time.sleep(60)
while True:
    os.wait()
