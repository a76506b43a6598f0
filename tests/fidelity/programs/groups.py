# Groups, joined and left by every form that there is for either family.
import struct
from socket import *

MCAST_JOIN_GROUP, MCAST_BLOCK_SOURCE, MCAST_UNBLOCK_SOURCE, MCAST_LEAVE_GROUP = 42, 43, 44, 45
MCAST_JOIN_SOURCE_GROUP, MCAST_LEAVE_SOURCE_GROUP = 46, 47
IP_UNBLOCK_SOURCE, IP_BLOCK_SOURCE, IP_ADD_SOURCE_MEMBERSHIP, IP_DROP_SOURCE_MEMBERSHIP = 37, 38, 39, 40
LO = 1


def stored(address):
    if ":" in address:
        return struct.pack("=HHI16sI", AF_INET6, 0, 0, inet_pton(AF_INET6, address), 0).ljust(128, b"\0")
    return struct.pack("=HH4s", AF_INET, 0, inet_aton(address)).ljust(128, b"\0")


def request(*addresses):
    return struct.pack("@I4x", LO) + b"".join(map(stored, addresses))


def attempt(sock, level, option, value):
    try:
        sock.setsockopt(level, option, value)
    except OSError:
        pass


four = socket(AF_INET, SOCK_DGRAM)
group, lo, source = inet_aton("239.1.2.3"), inet_aton("127.0.0.1"), inet_aton("127.0.0.2")
for option, value in [
    (IP_ADD_MEMBERSHIP, group + lo + struct.pack("@I", LO)),
    (IP_BLOCK_SOURCE, group + lo + source),
    (IP_UNBLOCK_SOURCE, group + lo + source),
    (IP_DROP_MEMBERSHIP, group + lo),
    (IP_ADD_SOURCE_MEMBERSHIP, group + lo + source),
    (IP_DROP_SOURCE_MEMBERSHIP, group + lo + source),
    (MCAST_JOIN_GROUP, request("239.1.2.4")),
    (MCAST_BLOCK_SOURCE, request("239.1.2.4", "127.0.0.2")),
    (MCAST_UNBLOCK_SOURCE, request("239.1.2.4", "127.0.0.2")),
    (MCAST_LEAVE_GROUP, request("239.1.2.4")),
    (MCAST_JOIN_SOURCE_GROUP, request("232.1.2.4", "127.0.0.2")),
    (MCAST_LEAVE_SOURCE_GROUP, request("232.1.2.4", "127.0.0.2")),
    (MCAST_LEAVE_GROUP, request("239.9.9.9")),
]:
    attempt(four, IPPROTO_IP, option, value)
six = socket(AF_INET6, SOCK_DGRAM)
group = inet_pton(AF_INET6, "ff15::7") + struct.pack("@I", LO)
for option, value in [
    (IPV6_JOIN_GROUP, group),
    (IPV6_MULTICAST_HOPS, struct.pack("@i", 3)),
    (IPV6_MULTICAST_LOOP, struct.pack("@i", 0)),
    (IPV6_MULTICAST_IF, struct.pack("@i", LO)),
    (IPV6_LEAVE_GROUP, group),
    (IPV6_LEAVE_GROUP, group),
    (MCAST_JOIN_GROUP, request("ff15::8")),
    (MCAST_LEAVE_GROUP, request("ff15::8")),
    (MCAST_JOIN_SOURCE_GROUP, request("ff35::8", "::1")),
    (MCAST_LEAVE_SOURCE_GROUP, request("ff35::8", "::1")),
]:
    attempt(six, IPPROTO_IPV6, option, value)
four.close()
six.close()
