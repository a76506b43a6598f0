# One process that talks to its own child: every call that a TCP conversation is made of.
import fcntl, os, struct, sys, termios
from socket import *

listener = socket(AF_INET, SOCK_STREAM)
listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", 18888))
listener.getsockname()
listener.listen(5)
try:
    listener.setblocking(False)
    listener.accept()
except BlockingIOError:
    listener.setblocking(True)

pid = os.fork()
if pid == 0:
    listener.close()
    refused = socket(AF_INET, SOCK_STREAM)
    refused.connect_ex(("127.0.0.1", 18889))
    refused.close()
    client = socket(AF_INET, SOCK_STREAM)
    client.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    client.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 5))
    client.setsockopt(SOL_SOCKET, SO_RCVTIMEO, struct.pack("ll", 10, 500000))
    client.setsockopt(SOL_SOCKET, SO_KEEPALIVE, 1)
    client.setsockopt(IPPROTO_TCP, TCP_KEEPIDLE, 30)
    client.connect(("127.0.0.1", 18888))
    client.getpeername()
    client.getsockopt(SOL_SOCKET, SO_ERROR)
    client.getsockopt(SOL_SOCKET, SO_LINGER, 8)
    client.getsockopt(SOL_SOCKET, SO_RCVTIMEO, 16)
    client.getsockopt(SOL_SOCKET, SO_TYPE)
    client.getsockopt(IPPROTO_TCP, TCP_CONGESTION, 16)
    client.sendall(b'a "quoted" line\n\0\1\x7f\xff')
    client.recv(64, MSG_WAITALL)
    client.sendmsg([b"one ", b"two ", b"three"])
    client.send(b"!", MSG_OOB | MSG_NOSIGNAL)
    os.write(client.fileno(), b"written")
    os.writev(client.fileno(), [b"a vec", b"tor"])
    with open(__file__, "rb") as file:
        os.sendfile(client.fileno(), file.fileno(), 0, 40)
    client.send(bytes(range(256)) * 2)
    client.shutdown(SHUT_WR)
    while client.recv(4096):
        pass
    try:
        client.send(b"too late")
    except BrokenPipeError:
        pass
    client.close()
    os._exit(0)

conn, peer = listener.accept()
fcntl.fcntl(conn, fcntl.F_GETFL)
fcntl.fcntl(conn, fcntl.F_SETFL, os.O_NONBLOCK)
fcntl.fcntl(conn, fcntl.F_SETFL, 0)
fcntl.fcntl(conn, fcntl.F_GETFD)
fcntl.fcntl(conn, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
conn.recv(20, MSG_PEEK | MSG_WAITALL)
other = socket(fileno=os.dup(conn.fileno()))
fcntl.ioctl(other, termios.FIONREAD, b"\0\0\0\0")
other.recv(20)
other.close()
conn.sendall(b"x" * 64)
conn.recv(13, MSG_WAITALL)
conn.recv(7, MSG_WAITALL)
os.read(conn.fileno(), 4)
os.readv(conn.fileno(), [bytearray(2), bytearray(2)])
conn.recvmsg(40)
conn.recv(512, MSG_WAITALL)
conn.recv(1)
os.dup2(conn.fileno(), 100)
os.close(100)
conn.close()
os.waitpid(pid, 0)
try:
    conn = socket(fileno=0)
    conn.getpeername()
except OSError:
    pass
listener.close()
