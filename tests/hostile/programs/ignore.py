# Attempts: to go on for ever by ignoring every signal that can be ignored, in a process group of its own.
import os, signal, time

for number in signal.valid_signals():
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
print('ready', flush=True)
while True:
    time.sleep(60)
