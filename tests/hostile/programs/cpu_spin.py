# Attempts: the processor for ever, by ignoring the signal that says that its time is over.
import signal

signal.signal(signal.SIGXCPU, signal.SIG_IGN)
print('ready', flush=True)
while True:
    pass
