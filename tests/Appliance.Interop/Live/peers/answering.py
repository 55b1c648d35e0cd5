"""A peer with nothing else to do: `answering.py SOCKET` answers every question that comes by a Unix socket with a word."""
import socket
import sys

with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
    listening.bind(sys.argv[1])
    listening.listen(16)
    print("answering", flush=True)
    while True:
        asking, _ = listening.accept()
        with asking:
            if asking.recv(16):
                asking.sendall(b"well")
