# Attempts: threads without end.
import threading

print('ready', flush=True)
stay = threading.Event()
count = 0
try:
    while True:
        threading.Thread(target=stay.wait, daemon=True).start()
        count += 1
except RuntimeError as error:
    print(error, count)
