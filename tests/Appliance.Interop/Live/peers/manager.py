"""A service manager that only listens: `manager.py PATH` prints what is sent to the socket, as sd_notify(3) says it."""
import socket
import sys

with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
    manager.bind(sys.argv[1])
    print("listening", flush=True)
    while True:
        print(manager.recv(4096).decode(), flush=True)
