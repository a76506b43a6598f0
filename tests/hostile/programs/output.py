# Attempts: output without end.
print('ready', flush=True)
while True:
    print('x' * 4000)
