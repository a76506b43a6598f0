# Attempts: to take over the terminal of whoever looks by names: of a program, of a socket's file, of a file.
import os, shutil
from socket import *

os.write(1, b'ready\n')
evil = '/tmp/\x1b[2J\x1b]0;owned\x07\u202egnp'
sock = socket(AF_UNIX, SOCK_STREAM)
sock.bind(evil)
os.unlink(evil)
other = socket(AF_UNIX, SOCK_DGRAM)
other.bind('\0\x1b[31mred\u202e')
try:
    os.unlink('\x9b31m\r\nlike a line of its own')
except OSError:
    pass
shutil.copy('/usr/bin/true', evil)
os.chmod(evil, 0o755)
os.execv(evil, ['\x1b[2J'])
