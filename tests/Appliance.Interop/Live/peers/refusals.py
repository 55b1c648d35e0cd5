"""`refusals.py SOURCE TARGET PORT send|listen`: with the first line of input sends a datagram where nobody listens, or does not, and says
whether the kernel was told of a refusal within three seconds."""
import socket
import sys

source, target, port, does_send = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4] == "send"
with socket.socket(socket.AF_INET6 if ":" in target else socket.AF_INET, socket.SOCK_DGRAM) as asking:
    asking.bind((source, 5555))
    asking.connect((target, port))
    asking.settimeout(3)
    print("ready", flush=True)
    sys.stdin.readline()
    if does_send:
        asking.send(b"anybody?")
    try:
        asking.recv(64)
        print("answered")
    except ConnectionRefusedError:
        print("refused")
    except TimeoutError:
        print("nothing")
