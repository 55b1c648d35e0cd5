"""Numbered UDP: `numbers.py hear ADDRESS PORT COUNT` says what is missing or late; `numbers.py tell ADDRESS PORT COUNT PER_SECOND` sends."""
import socket
import struct
import sys
import time

SO_RCVBUFFORCE = 33
LATEST = 0.01                                                              # seconds behind its rate that are caught up


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def hear(address, port, count):
    with socket.socket(family(address), socket.SOCK_DGRAM) as heard:
        heard.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)      # SO_RCVBUF would give a small part of it
        heard.bind((address, port))
        heard.settimeout(10)
        print("hearing", flush=True)
        last, seen, late = 0, 0, 0
        try:
            while last < count:
                number = struct.unpack("!Q", heard.recv(2048)[:8])[0]
                seen += 1
                late += number <= last
                last = max(last, number)
        except TimeoutError:
            pass
    print(f"heard {seen} of {count}, {late} late")
    sys.exit(0 if seen == count and late == 0 else 1)


def tell(address, port, count, per_second):
    payload = bytes(512)
    with socket.socket(family(address), socket.SOCK_DGRAM) as told:
        begin = time.monotonic()
        for number in range(1, count + 1):
            wait = begin + number / per_second - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            elif wait < -LATEST:                                           # held up: what is late is no burst on top of it
                begin -= wait
            told.sendto(struct.pack("!Q", number) + payload, (address, port))
    print(f"told {count}")


if sys.argv[1] == "hear":
    hear(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
else:
    tell(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
