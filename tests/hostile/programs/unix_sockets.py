# Attempts: to reach the server by Unix sockets: one with a path, one with an abstract name; the arguments name both.
import errno, sys
from socket import *

print('ready', flush=True)
for name in [sys.argv[1], '\0' + sys.argv[2]]:
    print(errno.errorcode.get(socket(AF_UNIX, SOCK_STREAM).connect_ex(name), 'connected'))
