"""A VNC viewer: rfb.py PORT [HOST [again]]

Asks for the whole picture once, or five times a second, says "picture" when the
first one comes, and stays. RFC 6143, version 3.8, no authentication.
"""
import select
import socket
import struct
import sys
import time

PERIOD = 0.2  # seconds

host = sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1"
is_once = len(sys.argv) < 4
link = socket.create_connection((host, int(sys.argv[1])))


def read(size):
    data = b""
    while len(data) < size:
        more = link.recv(size - len(data))
        if not more:
            sys.exit("the server hung up")
        data += more
    return data


def ask():
    # FramebufferUpdateRequest, not incremental; raw, for no encoding was set.
    link.sendall(struct.pack(">BBHHHH", 3, 0, 0, 0, width, height))


read(12)
link.sendall(b"RFB 003.008\n")
read(read(1)[0])
link.sendall(b"\x01")  # security type None
read(4)
link.sendall(b"\x01")  # shared
width, height = struct.unpack(">HH", read(4))
read(16)
read(struct.unpack(">I", read(4))[0])
ask()
read(4)
print("picture", flush=True)
asked = time.monotonic()
while True:
    left = max(0, asked + PERIOD - time.monotonic())
    if select.select([link], [], [], None if is_once else left)[0]:
        if not link.recv(65536):
            break
    if not is_once and time.monotonic() >= asked + PERIOD:
        ask()
        asked = time.monotonic()
