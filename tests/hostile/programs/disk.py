# Attempts: to fill every disk: with data, with a file of a hole, with names.
import errno, os

print('ready', flush=True)
for folder in ['/home/learner', '/tmp', '/dev/shm']:
    os.chdir(folder)
    written = 0
    try:
        for number in range(1000):
            with open(f'fill{number}', 'wb', buffering=0) as file:
                for _ in range(8):
                    written += file.write(bytes(1 << 20))
    except OSError as error:
        print(folder, errno.errorcode[error.errno], written >> 20)
    for number in range(1000):
        try:
            os.unlink(f'fill{number}')
        except FileNotFoundError:
            break
    try:
        with open('hole', 'wb') as file:
            file.truncate(1 << 40)
        print('a hole of a terabyte was made')
    except OSError as error:
        print('hole', errno.errorcode[error.errno])
