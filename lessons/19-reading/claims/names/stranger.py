import socket

try:
    print(socket.IPPROTP_IP)
except AttributeError as error:
    print(error)
try:
    import trancback
except ModuleNotFoundError as error:
    print(error)

names = dir(socket)
print(len([n for n in names if n.isupper()]), "names in capitals, such as", "SOCK_DGRAM")
print("a name in capitals that is no number:", [n for n in names if n.isupper() and not isinstance(getattr(socket, n), int)][:1])
print("a class in small letters:", socket.socket, isinstance(socket.socket, type))
