# AF_UNIX: paths, abstract names, pairs, and descriptors that are passed.
import array, os
from socket import *

path = "fidelity.sock"
left, right = socketpair(AF_UNIX, SOCK_STREAM)
left.send(b"pair")
right.recv(10)
server = socket(AF_UNIX, SOCK_STREAM)
server.bind(path)
server.getsockname()
server.listen(1)
client = socket(AF_UNIX, SOCK_STREAM)
client.connect(path)
conn, peer = server.accept()
conn.getsockopt(SOL_SOCKET, SO_PEERCRED, 12)
client.sendmsg([b"take "], [(SOL_SOCKET, SCM_RIGHTS, array.array("i", [left.fileno(), right.fileno()]))])
data, control, flags, sender = conn.recvmsg(100, CMSG_SPACE(8))
passed = array.array("i", control[0][2])
os.write(passed[0], b"through another descriptor")
right.recv(100)
for fd in passed:
    os.close(fd)
datagrams = socket(AF_UNIX, SOCK_DGRAM)
datagrams.bind("\0fidelity")
anonymous = socket(AF_UNIX, SOCK_DGRAM)
anonymous.sendto(b"from nobody", "\0fidelity")
datagrams.recvfrom(100)
packets = socketpair(AF_UNIX, SOCK_SEQPACKET)
packets[0].send(b"one packet")
packets[1].recv(3)
try:
    client.connect("/nowhere")
except OSError:
    pass
for s in left, right, server, client, conn, datagrams, anonymous, *packets:
    s.close()
os.unlink(path)
try:
    os.unlink(path)
except FileNotFoundError:
    pass
