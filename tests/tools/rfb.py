"""A VNC viewer: rfb.py PORT|SOCKET [HOST [again|type]]

Asks for the whole picture once, or five times a second, says "picture" when the
first one comes, and stays. With "type" it presses shift and moves the pointer
as often. RFC 6143, version 3.8, no authentication.
"""
import select
import socket
import struct
import sys
import time

PERIOD = 0.2  # seconds

host = sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1"
is_once = len(sys.argv) < 4
is_typing = len(sys.argv) > 3 and sys.argv[3] == "type"
if sys.argv[1].isdigit():
    link = socket.create_connection((host, int(sys.argv[1])))
else:
    link = socket.socket(socket.AF_UNIX)
    link.connect(sys.argv[1])


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


def type_shift(turn):
    # KeyEvent, down and up; PointerEvent without buttons.
    for is_down in (1, 0):
        link.sendall(struct.pack(">BBHI", 4, is_down, 0, 0xFFE1))
    link.sendall(struct.pack(">BBHH", 5, 0, 100 + turn % 2, 100))


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
turn = 0
while True:
    left = max(0, asked + PERIOD - time.monotonic())
    if select.select([link], [], [], None if is_once else left)[0]:
        if not link.recv(65536):
            break
    if not is_once and time.monotonic() >= asked + PERIOD:
        ask()
        if is_typing:
            type_shift(turn)
            turn += 1
        asked = time.monotonic()
