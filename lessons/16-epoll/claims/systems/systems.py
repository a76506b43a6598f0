import select
import sys

print("this is", sys.platform)
for name in ["select", "poll", "epoll", "kqueue"]:
    print(name, "is here" if hasattr(select, name) else "is not here")
poller = select.epoll()
