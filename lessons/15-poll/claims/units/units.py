import select
from time import monotonic


def took(wait):
    begun = monotonic()
    wait()
    return f"{monotonic() - begun:.1f} s"


print("select(…, 0.2):", took(lambda: select.select([], [], [], 0.2)))
print("epoll().poll(0.2):", took(lambda: select.epoll().poll(0.2)))
print("poll().poll(200):", took(lambda: select.poll().poll(200)))
print("poll().poll(0.2):", took(lambda: select.poll().poll(0.2)))
