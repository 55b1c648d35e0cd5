"""Many TCP connections at once: `connections.py ADDRESS PORT COUNT` opens them, says so, and on each line of input asks every one of them
for an echo; it says how many answered. An empty input ends it."""
import socket
import sys

family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
target, count = (sys.argv[1], int(sys.argv[2])), int(sys.argv[3])
connections = []
for number in range(count):
    connection = socket.socket(family, socket.SOCK_STREAM)
    connection.settimeout(20)
    connection.connect(target)
    connections.append(connection)
print(f"{len(connections)} open", flush=True)
for line in sys.stdin:
    asked, answered = f"{line.strip()}".encode().ljust(64, b"."), 0
    for connection in connections:
        connection.sendall(asked)
    for connection in connections:
        heard = b""
        try:
            while len(heard) < len(asked) and (data := connection.recv(64)):
                heard += data
        except OSError as error:
            print(f"lost: {error}", flush=True)
        answered += heard == asked
    print(f"{line.strip()}: {answered} answered", flush=True)
