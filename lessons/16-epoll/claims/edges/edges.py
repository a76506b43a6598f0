import select
import socket

for name, how in [("level", 0), ("edge", select.EPOLLET)]:
    reader, writer = socket.socketpair()
    poller = select.epoll()
    poller.register(reader, select.EPOLLIN | how)

    writer.send(b"hello world")
    after_data = len(poller.poll(0.05))
    reader.recv(5)
    after_partial_read = len(poller.poll(0.05))
    writer.send(b"!")
    after_new_data = len(poller.poll(0.05))
    print(name, after_data, after_partial_read, after_new_data)
