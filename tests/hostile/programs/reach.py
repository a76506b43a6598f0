# Attempts: to reach the server's ports, on its loopback and on its own address, a cloud's metadata, the internet
# (192.0.2.0/24 is nobody's, RFC 5737) and the machine below. Arguments: the server's port and address.
import errno, sys
from socket import *

print('ready', flush=True)
port = int(sys.argv[1])
for address in [('127.0.0.1', port), (sys.argv[2], port), ('169.254.169.254', 80), ('192.0.2.1', 80)]:
    sock = socket()
    sock.settimeout(0.3)
    print(address[0], errno.errorcode.get(sock.connect_ex(address), 'connected'))
def family(name, *args):
    try:
        socket(*args)
        print(name, 'made')
    except OSError as error:
        print(name, errno.errorcode[error.errno])
family('vsock', 40, SOCK_STREAM)
family('alg', 38, SOCK_SEQPACKET)
family('no such family', 99, SOCK_STREAM)
