import select

for fd in [0, 1024]:
    try:
        print(fd, "select answers", select.select([fd], [], [], 0))
    except ValueError as error:
        print(fd, error)

poller = select.poll()
poller.register(1024, select.POLLIN)
print("1024 poll answers", poller.poll(0))
