# Attempts: all memory, by one process.
print('ready', flush=True)
kept = []
while True:
    kept.append(bytearray(4 << 20))
