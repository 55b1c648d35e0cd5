"""Flows that live on. `flows.py serve ADDRESS PORT` echoes TCP, and answers a datagram with the port that it came from behind it.
`flows.py hold ADDRESS PORT CONNECTIONS UDP_FLOWS PER_SECOND` opens so many of each and asks them by turns. On each line of input it asks
every one and says `NAME: C U`: how many connections have answered, with all that they were ever asked in order, and how many UDP flows,
which are still known by the port that they were known by at first. A flow has 20 seconds to answer."""
import resource
import selectors
import socket
import struct
import sys
import time

PATIENCE, AGAIN, SIZE = 20, 0.2, 16


def allow_many():
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class Connection:
    def __init__(self, number, target):
        self.number, self.asked, self.heard, self.lives = number, 0, 0, True
        self.rest = b""
        self.socket = socket.create_connection(target, timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)

    def text(self, turn):
        return b"%08d%08d" % (self.number, turn)

    def ask(self):
        try:
            self.lives = self.lives and self.socket.send(self.text(self.asked)) == SIZE
        except OSError:
            self.lives = False
        self.asked += 1

    def ask_again(self):
        pass                                            # TCP does

    def hear(self):
        try:
            data = self.socket.recv(65536)
        except OSError:
            data = b""
        self.rest += data
        self.lives = self.lives and bool(data)
        while self.lives and len(self.rest) >= SIZE:
            self.lives = self.rest[:SIZE] == self.text(self.heard)
            self.rest = self.rest[SIZE:]
            self.heard += 1

    def has_answered(self):
        return self.lives and self.heard == self.asked


class UdpFlow:
    def __init__(self, target):
        self.asked, self.heard, self.port, self.lives = 0, 0, None, True
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(target)
        self.socket.setblocking(False)

    def ask(self):
        self.asked += 1
        self.ask_again()

    def ask_again(self):
        try:
            self.socket.send(struct.pack("!Q", self.asked))
        except OSError:
            pass                                        # what nobody takes now is asked again

    def hear(self):
        try:
            turn, port = struct.unpack("!QH", self.socket.recv(64))
        except OSError:
            return
        self.port = self.port or port
        self.lives = self.lives and port == self.port
        self.heard = max(self.heard, turn)

    def has_answered(self):
        return self.lives and self.heard == self.asked


class Holder:
    def __init__(self, flows, per_second):
        self.flows, self.per_second, self.turn = flows, per_second, 0
        self.selector = selectors.DefaultSelector()
        for flow in flows:
            self.selector.register(flow.socket, selectors.EVENT_READ, flow)
        self.selector.register(sys.stdin, selectors.EVENT_READ, None)
        self.name, self.waiting, self.until, self.again = None, [], 0.0, 0.0

    def run(self):
        begin = time.monotonic()
        asked = 0
        while True:
            due = begin + asked / self.per_second
            for key, _ in self.selector.select(max(0.0, min(due - time.monotonic(), AGAIN))):
                if key.data is None and not self.begin_round(sys.stdin.readline()):
                    return
                if key.data is not None:
                    self.hear(key.data)
            while begin + asked / self.per_second <= time.monotonic():
                self.flows[asked % len(self.flows)].ask()
                asked += 1
            self.look()

    def hear(self, flow):
        flow.hear()
        if not flow.lives:
            self.selector.unregister(flow.socket)
            flow.socket.close()
            flow.hear = flow.ask = flow.ask_again = lambda: None

    def begin_round(self, line):
        if not line:
            return False
        self.name, now = line.strip(), time.monotonic()
        self.until, self.again = now + PATIENCE, now + AGAIN
        self.waiting = list(self.flows)
        for flow in self.flows:
            flow.ask()
        return True

    def look(self):
        if self.name is None:
            return
        now = time.monotonic()
        self.waiting = [flow for flow in self.waiting if not flow.has_answered()]
        if self.waiting and now < self.until and any(flow.lives for flow in self.waiting):
            if now > self.again:
                self.again = now + AGAIN
                for flow in self.waiting:
                    flow.ask_again()
            return
        silent = set(self.waiting)
        living = [type(flow) for flow in self.flows if flow not in silent]
        print(f"{self.name}: {living.count(Connection)} {living.count(UdpFlow)}", flush=True)
        self.name = None


class Server:
    def __init__(self, address, port):
        self.selector = selectors.DefaultSelector()
        self.listener = socket.create_server((address, port), backlog=1024)
        self.datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.datagrams.bind((address, port))
        self.selector.register(self.listener, selectors.EVENT_READ, self.accept)
        self.selector.register(self.datagrams, selectors.EVENT_READ, self.answer)

    def run(self):
        print("serving", flush=True)
        while True:
            for key, _ in self.selector.select():
                key.data(key.fileobj)

    def accept(self, listener):
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.selector.register(connection, selectors.EVENT_READ, self.echo)

    def echo(self, connection):
        try:
            data = connection.recv(65536)
            connection.sendall(data)
        except OSError:
            data = b""
        if not data:
            self.selector.unregister(connection)
            connection.close()

    def answer(self, datagrams):
        data, source = datagrams.recvfrom(64)
        datagrams.sendto(data + struct.pack("!H", source[1]), source)


def hold(target, connections, udp_flows, per_second):
    flows = [Connection(number, target) for number in range(connections)] + [UdpFlow(target) for _ in range(udp_flows)]
    print("holding", flush=True)
    Holder(flows, per_second).run()


allow_many()
if sys.argv[1] == "serve":
    Server(sys.argv[2], int(sys.argv[3])).run()
else:
    hold((sys.argv[2], int(sys.argv[3])), int(sys.argv[4]), int(sys.argv[5]), int(sys.argv[6]))
