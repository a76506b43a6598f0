# Attempts: to use up the processes that a host may have, and to keep them.
import os, signal

count = 0
try:
    while count < 18:
        if os.fork() == 0:
            signal.pause()
        count += 1
except OSError as error:
    print(error)
print(count, 'more')
input('> ')
