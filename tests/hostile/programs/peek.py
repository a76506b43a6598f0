# Attempts: to read what is not its own: the server's files, other processes' environment, command line, folders and
# descriptors. The folder of the server's sources is the argument.
import os, sys

print('ready', flush=True)
def show(path):
    try:
        if os.path.isdir(path):
            print(path, sorted(os.listdir(path)))
        else:
            print(path, open(path, 'rb').read(512))
    except OSError as error:
        print(path, error.strerror)
for path in ['/', '/etc', '/home', '/root', '/var', '/sys', '/run', '/boot', '/dev', '/tmp', sys.argv[1],
             '/etc/passwd', '/etc/shadow', '/proc/1/environ', '/proc/1/root', '/proc/1/root' + sys.argv[1],
             '/proc/1/cwd', '/proc/1/fd', '/proc/self/environ', '/proc/kcore', '/proc/kallsyms',
             '/proc/sys/kernel/core_pattern']:
    show(path)
print('fds', sorted(int(fd) for fd in os.listdir('/proc/self/fd') if os.path.exists(f'/proc/self/fd/{fd}')))
for path in ['/proc/sysrq-trigger', '/proc/sys/kernel/core_pattern', '/proc/sys/net/ipv4/ip_forward', '/proc/1/mem',
             '/proc/self/uid_map']:
    try:
        open(path, 'r+b', buffering=0).write(b'1')
        print('wrote', path)
    except OSError as error:
        print('not written', path)
