"""TCP, both ways at once: `stream.py serve ADDRESS PORT` echoes; `stream.py send ADDRESS PORT BYTES STREAMS` compares sha256."""
import hashlib
import socket
import sys
import threading

CHUNK = 1 << 16


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def echo(connection):
    with connection:
        while data := connection.recv(CHUNK):
            connection.sendall(data)


def serve(address, port):
    with socket.create_server((address, port), family=family(address), backlog=128) as server:
        print("serving", flush=True)
        while True:
            connection, _ = server.accept()
            threading.Thread(target=echo, args=(connection,), daemon=True).start()


def send(address, port, count, failures, number):
    seed = hashlib.sha256(str(number).encode()).digest() * (CHUNK // 32)
    sent, received = hashlib.sha256(), hashlib.sha256()
    with socket.create_connection((address, port), timeout=60) as connection:
        def write():
            left = count
            while left > 0:
                data = seed[: min(left, CHUNK)]
                connection.sendall(data)
                sent.update(data)
                left -= len(data)
            connection.shutdown(socket.SHUT_WR)

        writer = threading.Thread(target=write, daemon=True)
        writer.start()
        total = 0
        while data := connection.recv(CHUNK):
            received.update(data)
            total += len(data)
        writer.join(60)
    if total != count or sent.digest() != received.digest():
        failures.append(f"stream {number}: {total} of {count} bytes, sha256 {'equal' if sent.digest() == received.digest() else 'differs'}")


def main():
    verb, address, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if verb == "serve":
        serve(address, port)
        return
    count, streams = int(sys.argv[4]), int(sys.argv[5])
    failures = []

    def one(number):
        try:
            send(address, port, count, failures, number)
        except OSError as error:
            failures.append(f"stream {number}: {error}")

    threads = [threading.Thread(target=one, args=(number,)) for number in range(streams)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("\n".join(failures) or f"{streams} streams of {count} bytes came back whole")
    sys.exit(1 if failures else 0)


main()
