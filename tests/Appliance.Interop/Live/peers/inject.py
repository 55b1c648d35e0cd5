"""inject.py FILE DEVICE TIMES: puts every frame of a capture on a device, again and again."""
import socket
import struct
import sys

data = open(sys.argv[1], "rb").read()
order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
frames, at = [], 24
while at < len(data):
    length = struct.unpack(order + "IIII", data[at:at + 16])[2]
    frames.append(data[at + 16:at + 16 + length])
    at += 16 + length

sending = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sending.bind((sys.argv[2], 0))
for _ in range(int(sys.argv[3])):
    for frame in frames:
        sending.send(frame)
print(len(frames) * int(sys.argv[3]))
