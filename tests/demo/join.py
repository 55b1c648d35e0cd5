#!/usr/bin/python3
"""Joins recordings into one capture by time and puts VLAN tags in.

    join.py --out FILE [--priority MAC=PCP] RECORDING[,vlan=N][,priority=N]...

Reads and writes classic nanosecond captures. A recording with `vlan=N` gets that 802.1Q tag on every frame; frames from
MAC get a priority tag (VLAN 0), which is what phones and some Windows hosts send.
"""
import argparse
import sys

try:
    from scapy.utils import RawPcapReader, RawPcapWriter
except ImportError:
    sys.exit("join.py: scapy is missing for this Python (Debian: apt-get install python3-scapy, and run /usr/bin/python3)")


def tagged(frame: bytes, vlan: int, priority: int) -> bytes:
    """The frame with an 802.1Q tag behind its addresses (IEEE 802.1Q 9.3)."""
    return frame[:12] + b"\x81\x00" + (priority << 13 | vlan).to_bytes(2, "big") + frame[12:]


def recording(text: str) -> tuple[str, int | None, int]:
    path, *options = text.split(",")
    values = dict(option.split("=", 1) for option in options)
    return path, int(values["vlan"]) if "vlan" in values else None, int(values.get("priority", 0))


def frames_of(path: str, vlan: int | None, vlan_priority: int, priorities: dict[bytes, int]):
    reader = RawPcapReader(path)
    if not reader.nano:
        sys.exit(f"join.py: {path} has no nanoseconds")
    for frame, metadata in reader:
        if metadata.caplen != metadata.wirelen:
            sys.exit(f"join.py: {path} has a frame that was cut")
        if frame[6:12] in priorities:
            frame = tagged(frame, 0, priorities[frame[6:12]])
        if vlan is not None:
            frame = tagged(frame, vlan, vlan_priority)
        yield metadata.sec, metadata.usec, frame         # usec holds nanoseconds when the file has them
    reader.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True)
    parser.add_argument("--priority", action="append", default=[], metavar="MAC=PCP")
    parser.add_argument("recordings", nargs="+", type=recording)
    arguments = parser.parse_args()

    priorities = {bytes.fromhex(mac.replace(":", "")): int(pcp) for mac, pcp in (item.split("=") for item in arguments.priority)}
    frames = [frame for item in arguments.recordings for frame in frames_of(*item, priorities)]
    frames.sort(key=lambda frame: frame[:2])              # stable: ties stay in the order of the recordings

    writer = RawPcapWriter(arguments.out, linktype=1, nano=True, endianness="<", snaplen=262144)
    writer.write_header(None)
    for seconds, nanoseconds, frame in frames:
        writer.write_packet(frame, sec=seconds, usec=nanoseconds)
    writer.close()
    print(f"{arguments.out}: {len(frames)} frames, {sum(len(frame[2]) for frame in frames)} bytes")


if __name__ == "__main__":
    main()
