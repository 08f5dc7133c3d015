"""A relay, and a program that is always connected to one:
relay.py relay PORT, or relay.py host PORT

The program keeps its connection alive with a few bytes; told "session" on its
standard input, it sends what a session sends, until it is told "idle".
"""
import select
import socket
import sys

PERIOD = 0.2  # seconds

role, port = sys.argv[1], int(sys.argv[2])
if role == "relay":
    with socket.create_server(("127.0.0.1", port)) as door:
        while True:
            link, _ = door.accept()
            while link.recv(1 << 20):
                pass
link = socket.create_connection(("127.0.0.1", port))
is_busy = False
while True:
    # 10 bytes are 50 a second, 65536 are 328,000: a real one sends 100 idle,
    # and 174,000 to 394,000 in a session.
    link.sendall(bytes(65536 if is_busy else 10))
    if select.select([sys.stdin], [], [], PERIOD)[0]:
        line = sys.stdin.readline()
        if not line:
            break
        is_busy = line == "session\n"
