# Attempts: to stop, end and inspect others: the sandbox's first process, every process, the tracer.
import ctypes, errno, os, signal

libc = ctypes.CDLL(None, use_errno=True)
print('ready', flush=True)
def told(what, deed):
    try:
        deed()
        print(what, 'done', flush=True)
    except OSError as error:
        print(what, errno.errorcode[error.errno], flush=True)
def call(name, *args):
    if getattr(libc, name)(*args) < 0:
        raise OSError(ctypes.get_errno(), name)
for number in [signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL]:
    try:
        os.kill(1, number)
    except OSError:
        pass
told('kill everybody', lambda: os.kill(-1, signal.SIGKILL))
told('ptrace attach 1', lambda: call('ptrace', 16, 1, 0, 0))
told('ptrace traceme', lambda: call('ptrace', 0, 0, 0, 0))
told('processes', lambda: print(sorted(int(name) for name in os.listdir('/proc') if name.isdigit())))
try:
    tracer = next(line for line in open('/proc/self/status') if line.startswith('TracerPid')).split()[1]
    print('tracer', tracer)
    told('kill the tracer', lambda: os.kill(int(tracer) or 2**22 - 1, signal.SIGKILL))
except OSError as error:
    print('status', error)
print('alive')
