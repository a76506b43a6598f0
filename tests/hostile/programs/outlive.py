# Attempts: to outlive the run: a grandchild in a session of its own, orphaned, deaf to signals, ending never.
import os, signal, time

print('ready', flush=True)
go, said = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in [signal.SIGHUP, signal.SIGTERM, signal.SIGINT]:
            signal.signal(number, signal.SIG_IGN)
        os.write(said, b'.')
        for fd in range(3):
            os.close(fd)
        while True:
            time.sleep(60)
    os._exit(0)
os.read(go, 1)
