"""A VNC viewer that asks for the whole picture once, and stays: rfb.py PORT [HOST]

RFC 6143, version 3.8, no authentication.
"""
import socket
import struct
import sys

host = sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1"
link = socket.create_connection((host, int(sys.argv[1])))


def read(size):
    data = b""
    while len(data) < size:
        more = link.recv(size - len(data))
        if not more:
            sys.exit("the server hung up")
        data += more
    return data


read(12)
link.sendall(b"RFB 003.008\n")
read(read(1)[0])
link.sendall(b"\x01")  # security type None
read(4)
link.sendall(b"\x01")  # shared
width, height = struct.unpack(">HH", read(4))
read(16)
read(struct.unpack(">I", read(4))[0])
# FramebufferUpdateRequest, not incremental; raw, for no encoding was set.
link.sendall(struct.pack(">BBHHHH", 3, 0, 0, 0, width, height))
while link.recv(65536):
    pass
