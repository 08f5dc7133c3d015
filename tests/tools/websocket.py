"""A browser's end of a VNC connection: websocket.py PORT

Speaks enough of RFC 6455 and RFC 6143 to be let in, and stays.
"""
import socket
import sys

link = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
link.sendall(
    b"GET /websockify HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    b"Sec-WebSocket-Protocol: binary\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
while link.recv(4096):
    pass
