"""From a record to an Ethernet frame, or to the reasons why there is none: semantics, Replay, Link types."""
from __future__ import annotations

import struct

from captures import ETHERNET, Record
from packets import IPV4, IPV6, VLANS, datagram_length

RAW, RAW_IPV4, RAW_IPV6 = (12, 14, 101), 228, 229
COOKED, COOKED_2 = 113, 276
NULL, LOOP = 0, 108
FAMILIES = {2: IPV4, 10: IPV6, 24: IPV6, 28: IPV6, 30: IPV6}
LONGEST_FRAME = 65_549                                  # and its tags
UNKNOWN_MAC = b"\x02\0\0\0\0\xfe"                       # the source of a made header: nothing may depend on it


def ethernet_frame(record: Record, port_mac: bytes) -> bytes | list[str]:
    """As much of the frame as was captured."""
    if record.link_type == ETHERNET:
        return record.data
    stripped = strip(record.link_type, record.data)
    if stripped is None:
        return ["drop:link-type"]
    if isinstance(stripped, list):
        return stripped
    ether_type, header, source = stripped
    return port_mac + source + struct.pack("!H", ether_type) + record.data[header:]


def strip(link_type: int, data: bytes) -> tuple[int, int, bytes] | list[str] | None:
    """EtherType, bytes before the datagram, source MAC."""
    if link_type in RAW + (RAW_IPV4, RAW_IPV6):
        if not data:
            return ["drop:short"]
        version = {RAW_IPV4: 4, RAW_IPV6: 6}.get(link_type, data[0] >> 4)
        if version not in (4, 6):
            return ["drop:ip-header", "drop:ethertype", "drop:short"]
        return IPV4 if version == 4 else IPV6, 0, UNKNOWN_MAC
    if link_type in (COOKED, COOKED_2):
        return strip_cooked(link_type, data)
    if link_type in (NULL, LOOP):
        if len(data) < 4:
            return ["drop:short"]
        family = min(int.from_bytes(data[:4], "little"), int.from_bytes(data[:4], "big"))
        return (FAMILIES[family], 4, UNKNOWN_MAC) if family in FAMILIES else ["drop:ethertype", "drop:ip-header"]
    return None


def strip_cooked(link_type: int, data: bytes) -> tuple[int, int, bytes] | list[str]:
    length, protocol, address, size = (16, 14, 6, 4) if link_type == COOKED else (20, 0, 12, 11)
    if len(data) < length:
        return ["drop:short"]
    six = data[size + (1 if link_type == COOKED else 0)] == 6
    return int.from_bytes(data[protocol:protocol + 2], "big"), length, data[address:address + 6] if six else UNKNOWN_MAC


def record_faults(record: Record, frame: bytes) -> list[str]:
    """
    The record-level drops, in order: captured-short, frame-too-long. A record that lacks bytes and yet holds its whole datagram is as
    long as what it holds: that is all there is to forward, whatever the length that it claims to have had.
    """
    tags, ether_type, position = 0, int.from_bytes(frame[12:14], "big"), 14
    while ether_type in VLANS and len(frame) >= position + 4:
        ether_type = int.from_bytes(frame[position + 2:position + 4], "big")
        position, tags = position + 4, tags + 1
    faults = []
    if len(record.data) < record.original:
        needed = datagram_length(ether_type, frame[position:])
        if needed is None or position + needed > len(frame):
            faults.append("drop:captured-short")
    if len(frame) > LONGEST_FRAME + 4 * tags:
        faults.append("drop:frame-too-long")
    return faults
