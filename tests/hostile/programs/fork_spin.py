# Attempts: the processor for ever. Each process stays within its own processor time; a fresh one takes over from it.
import os, time

print('ready', flush=True)
while True:
    if os.fork() == 0:
        while time.process_time() < 0.3:
            pass
        os._exit(0)
    os.wait()
