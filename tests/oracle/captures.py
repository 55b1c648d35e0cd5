"""Classic pcap and pcapng, read record by record and written the way the replay promises (classic, little endian, nanoseconds).

Its own reader rather than scapy's, because a damaged file must give every record before the damage, and because link types
and frame check sequences are announced per interface.
"""
from __future__ import annotations

import struct
from dataclasses import dataclass

ETHERNET = 1
CLASSIC = {  # magic as stored: (byte order, nanoseconds per unit)
    b"\xd4\xc3\xb2\xa1": ("<", 1000), b"\xa1\xb2\xc3\xd4": (">", 1000),
    b"\x4d\x3c\xb2\xa1": ("<", 1), b"\xa1\xb2\x3c\x4d": (">", 1),
}
SECTION, INTERFACE, OBSOLETE_PACKET, SIMPLE_PACKET, ENHANCED_PACKET = 0x0A0D0D0A, 1, 2, 3, 6


@dataclass(frozen=True)
class Record:
    """One record: `data` is what was captured, without the frame check sequence; `original` is the frame's length on the wire."""

    time: int | None            # nanoseconds since 1970; None when the record carries none (pcapng simple packet)
    link_type: int
    data: bytes
    original: int


@dataclass(frozen=True)
class Capture:
    records: list[Record]
    error: str | None           # why reading stopped before the end; None when it did not


@dataclass(frozen=True)
class Interface:
    link_type: int
    unit: tuple[int, int]       # a timestamp unit is [0]/[1] nanoseconds
    offset: int                 # seconds
    fcs: int
    snap: int


def without_fcs(data: bytes, original: int, fcs: int) -> tuple[bytes, int]:
    length = max(original - fcs, 0)
    return data[:length], length


def read_capture(path: str) -> Capture:
    with open(path, "rb") as file:
        content = file.read()
    records: list[Record] = []
    try:
        if content[:4] in CLASSIC:
            read_classic(content, records)
        elif content[:4] == b"\x0a\x0d\x0d\x0a":
            read_next_generation(content, records)
        else:
            raise ValueError("not a capture")
    except (ValueError, struct.error) as damage:
        return Capture(records, str(damage))
    return Capture(records, None)


def read_classic(content: bytes, records: list[Record]) -> None:
    order, unit = CLASSIC[content[:4]]
    if len(content) < 24:
        raise ValueError("file header is cut")
    (network,) = struct.unpack_from(order + "I", content, 20)
    fcs = (network >> 28) * 2 if network & 0x04000000 else 0
    position = 24
    while position < len(content):
        if position + 16 > len(content):
            raise ValueError(f"record header is cut at byte {position}")
        seconds, fraction, captured, original = struct.unpack_from(order + "IIII", content, position)
        if captured > 0x4000000 or position + 16 + captured > len(content):
            raise ValueError(f"record is cut at byte {position}")
        data = content[position + 16:position + 16 + captured]
        data, original = without_fcs(data, original, fcs)
        records.append(Record(seconds * 1_000_000_000 + fraction * unit, network & 0xFFFF, data, original))
        position += 16 + captured


def read_next_generation(content: bytes, records: list[Record]) -> None:
    order, interfaces, position = "<", [], 0
    while position < len(content):
        if position + 12 > len(content):
            raise ValueError(f"block header is cut at byte {position}")
        if content[position:position + 4] == b"\x0a\x0d\x0d\x0a":
            order = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}.get(content[position + 8:position + 12], "")
            if not order:
                raise ValueError(f"section has no byte order at byte {position}")
            interfaces = []
        kind, length = struct.unpack_from(order + "II", content, position)
        if length < 12 or length % 4 or position + length > len(content):
            raise ValueError(f"block is cut or has a bad length at byte {position}")
        if struct.unpack_from(order + "I", content, position + length - 4)[0] != length:
            raise ValueError(f"the block's two lengths differ at byte {position}")
        body = content[position + 8:position + length - 4]
        if kind == INTERFACE:
            interfaces.append(read_interface(order, body))
        elif kind in (ENHANCED_PACKET, OBSOLETE_PACKET, SIMPLE_PACKET):
            records.append(read_packet(order, kind, body, interfaces, position))
        position += length


def read_options(order: str, body: bytes) -> dict[int, bytes]:
    options, position = {}, 0
    while position + 4 <= len(body):
        code, length = struct.unpack_from(order + "HH", body, position)
        if code == 0:
            break
        options[code] = body[position + 4:position + 4 + length]
        position += 4 + (length + 3) // 4 * 4
    return options


def read_interface(order: str, body: bytes) -> Interface:
    link_type, _, snap = struct.unpack_from(order + "HHI", body)
    options = read_options(order, body[8:])
    resolution = options.get(9, b"\x06")[0]
    base, exponent = (2, resolution & 0x7F) if resolution & 0x80 else (10, resolution)
    (offset,) = struct.unpack(order + "q", options[14]) if 14 in options else (0,)
    return Interface(link_type, (1_000_000_000, base ** exponent), offset, options.get(13, b"\0")[0], snap)


def read_packet(order: str, kind: int, body: bytes, interfaces: list[Interface], position: int) -> Record:
    if kind == SIMPLE_PACKET:
        number, (original,) = 0, struct.unpack_from(order + "I", body)
        time, start = None, 4
    elif kind == ENHANCED_PACKET:
        number, high, low, captured, original = struct.unpack_from(order + "IIIII", body)
        time, start = high << 32 | low, 20
    else:
        number, _, high, low, captured, original = struct.unpack_from(order + "HHIIII", body)
        time, start = high << 32 | low, 20
    if number >= len(interfaces):
        raise ValueError(f"packet of an unknown interface at byte {position}")
    interface = interfaces[number]
    if kind == SIMPLE_PACKET:
        captured = min(original, interface.snap or original)
    if start + captured > len(body):
        raise ValueError(f"packet is longer than its block at byte {position}")
    if time is not None:
        time = time * interface.unit[0] // interface.unit[1] + interface.offset * 1_000_000_000
    data, original = without_fcs(body[start:start + captured], original, interface.fcs)
    return Record(time, interface.link_type, data, original)


def file_header_faults(path: str) -> list[str]:
    """What is wrong with an output file's header: semantics, Replay, Output."""
    with open(path, "rb") as file:
        header = file.read(24)
    if len(header) < 24 or header[:4] != b"\x4d\x3c\xb2\xa1":
        return ["is no classic little-endian nanosecond capture"]
    _, major, minor, _, _, snap, network = struct.unpack("<IHHiIII", header)
    faults = []
    if (major, minor) != (2, 4):
        faults.append(f"has version {major}.{minor}")
    if snap != 262144:
        faults.append(f"has snap length {snap}, not 262144")
    if network != ETHERNET:
        faults.append(f"has link type {network}, not Ethernet")
    return faults


def write_capture(path: str, frames: list[tuple[int, bytes]]) -> None:
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, ETHERNET))
        for time, frame in frames:
            file.write(struct.pack("<IIII", time // 1_000_000_000, time % 1_000_000_000, len(frame), len(frame)) + frame)
