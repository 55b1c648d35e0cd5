"""As many UDP flows as are asked for, from as many ports: `states.py ADDRESS COUNT PER_SECOND` sends a datagram of each, and begins anew, until it
is stopped, for some may be lost. It says how often it has been round."""
import itertools
import socket
import sys
import time

FIRST_PORT, SOURCES, FIRST_TARGET = 10000, 50000, 7000

address, count, per_second = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
begin, sent = time.monotonic(), 0
for turn in itertools.count(1):
    for flow in range(count):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.bind(("", FIRST_PORT + flow % SOURCES))
            sender.sendto(b"state", (address, FIRST_TARGET + flow // SOURCES))
        sent += 1
        time.sleep(max(0.0, begin + sent / per_second - time.monotonic()))
    print(f"round {turn}", flush=True)
