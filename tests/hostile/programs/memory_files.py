# Attempts: memory that no process is charged with: files in memory, without names and with; System V segments.
import ctypes, errno, os

libc = ctypes.CDLL(None, use_errno=True)
print('ready', flush=True)
def call(name, *args):
    result = getattr(libc, name)(*args)
    print(name, errno.errorcode[ctypes.get_errno()] if result < 0 else 'done')
call('memfd_create', b'hoard', 0)
call('shmget', 0, 1 << 20, 0o1600)
call('msgget', 0, 0o1600)
call('semget', 0, 1000, 0o1600)
