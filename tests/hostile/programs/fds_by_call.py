# Attempts: every descriptor that there is, by one call alone, which is named.
import ctypes, errno, fcntl, os, select, socket, sys, time

libc = ctypes.CDLL(None, use_errno=True)
def raw(number, *args):
    if libc.syscall(number, *args) == -1: raise OSError(ctypes.get_errno(), '')
calls = {
    'socket()': lambda: socket.socket().detach(),
    'socketpair()': lambda: [one.detach() for one in socket.socketpair()],
    'dup(1)': lambda: os.dup(1),
    'fcntl(1,F_DUPFD)': lambda: fcntl.fcntl(1, fcntl.F_DUPFD, 0),
    'pipe2()': lambda: os.pipe2(0),
    'eventfd()': lambda: os.eventfd(0),
    'epoll_create1()': lambda: kept.append(select.epoll()),
    'timerfd_create()': lambda: raw(283, time.CLOCK_MONOTONIC, 0),
    'open()': lambda: os.open('/dev/null', os.O_RDONLY),
}
kept, call = [], calls[sys.argv[1]]
count = len(os.listdir('/proc/self/fd')) - 1
print('ready', flush=True)
try:
    while True:
        call()
        count += 2 if 'pair' in sys.argv[1] or 'pipe' in sys.argv[1] else 1
except OSError as error:
    print(errno.errorcode[error.errno], count)
