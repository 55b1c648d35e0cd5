"""Forwarded frames: what had to leave against what left, flow by flow, byte for byte, in order."""
from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher

from packets import IPV4, flow_of, parse_ip, untagged


@dataclass
class Expected:
    frame: dict                        # of the prediction
    port: str                          # physical
    data: bytes
    required: bool                     # not so when dropping or consuming would be as right


@dataclass
class Sent:
    port: str                          # physical
    number: int                        # in the output, from 1
    time: int
    data: bytes


def canonical(data: bytes) -> bytes:
    """An IPv4 header checksum of 0xffff means 0x0000: the one case in which two encodings are right."""
    _, ether_type, rest = untagged(data)
    start = len(data) - len(rest)
    if ether_type == IPV4 and rest[10:12] == b"\xff\xff":
        return data[:start + 10] + b"\0\0" + data[start + 12:]
    return data


def expectations(prediction: dict, sent: dict[str, list[Sent]]) -> dict[tuple, list[Expected]]:
    """Per physical port and flow, in order. Where there are several next hops, the one that the flow was seen to take."""
    present = {port: Counter(canonical(frame.data) for frame in frames) for port, frames in sent.items()}
    chosen: dict[tuple, int] = {}
    expected: dict[tuple, list[Expected]] = defaultdict(list)
    for frame in prediction["frames"]:
        if frame.get("loose"):
            continue
        for candidates in frame.get("outputs", []):
            options = [(prediction["ports"][port]["physical"], bytes.fromhex(data)) for port, data in candidates]
            choice = 0
            if len(options) > 1:
                key = flow_of(options[0][1])
                seen = [i for i, (port, data) in enumerate(options) if present[port][canonical(data)]]
                choice = chosen.setdefault(key, seen[0] if seen else 0)
            port, data = options[choice]
            required = all(outcome == "forward" for outcome in frame["outcomes"])
            expected[port, flow_of(data)].append(Expected(frame, port, data, required))
    return expected


def loose_flows(prediction: dict) -> set[tuple]:
    flows = set()
    for frame in prediction["frames"]:
        if frame.get("loose"):
            flows |= {(prediction["ports"][port]["physical"], flow_of(bytes.fromhex(data)))
                      for candidates in frame["outputs"] for port, data in candidates}
    return flows


def by_flow(frames: list[Sent]) -> dict[tuple, list[Sent]]:
    flows: dict[tuple, list[Sent]] = defaultdict(list)
    for frame in frames:
        flows[frame.port, flow_of(frame.data)].append(frame)
    return flows


def align(expected: list[Expected], sent: list[Sent]) -> tuple[list, list, list]:
    """Pairs, the expected without a partner, the sent without one."""
    wanted, actual = [canonical(one.data) for one in expected], [canonical(one.data) for one in sent]
    if wanted == actual:
        return list(zip(expected, sent)), [], []
    pairs, used, taken = [], set(), set()
    for start, other, length in SequenceMatcher(None, wanted, actual, autojunk=False).get_matching_blocks():
        for i in range(length):
            pairs.append((expected[start + i], sent[other + i]))
            used.add(start + i)
            taken.add(other + i)
    return (pairs, [one for i, one in enumerate(expected) if i not in used], [one for i, one in enumerate(sent) if i not in taken])


def most_similar(data: bytes, frames: list[Sent]) -> Sent | None:
    """The frame that has the most bytes in the same places, if that is most of them; of equals the first."""
    def same(frame: Sent) -> float:
        return sum(map(int.__eq__, data, frame.data)) / max(len(data), len(frame.data))
    best = max(frames[:500], key=same, default=None)
    return best if best is not None and same(best) >= 0.6 else None


def difference(expected: bytes, actual: bytes) -> list[str]:
    """A hexdump of both, of the lines that differ."""
    lines = []
    for start in range(0, max(len(expected), len(actual)), 16):
        left, right = expected[start:start + 16], actual[start:start + 16]
        if left != right:
            marks = " ".join("  " if left[i:i + 1] == right[i:i + 1] else "^^" for i in range(max(len(left), len(right))))
            lines += [f"    {start:04x} expected {left.hex(' ')}", f"    {start:04x} actual   {right.hex(' ')}", f"         {'':8} {marks}"]
    return lines[:30]


def reason_of(expected: bytes, actual: bytes) -> str:
    """The first field that differs, in words."""
    if expected[:6] != actual[:6]:
        return "destination MAC (next hop or neighbour)"
    if expected[6:12] != actual[6:12]:
        return "source MAC (the port's own)"
    (vlans, ether_type, left), (other_vlans, other_type, right) = untagged(expected), untagged(actual)
    if vlans != other_vlans:
        return f"VLAN tags {other_vlans}, not {vlans}"
    if ether_type != other_type:
        return f"EtherType {other_type:04x}, not {ether_type:04x}"
    if len(left) != len(right):
        return f"{len(right)} bytes of datagram, not {len(left)}" + (" (cut to the datagram's length?)" if right.startswith(left) else "")
    fields = [(7, 8, "hop limit"), (0, 40, "header")]
    if ether_type == IPV4:
        fields = [(8, 9, "hop limit"), (10, 12, "header checksum"), (0, 20, "header")]
    for start, end, name in fields:
        if left[start:end] != right[start:end]:
            return name
    return "payload"


def describe(data: bytes) -> str:
    _, ether_type, rest = untagged(data)
    datagram = parse_ip(ether_type, rest)
    if isinstance(datagram, list):
        return f"EtherType {ether_type:04x} ({', '.join(datagram)})"
    return f"{datagram.source} > {datagram.destination} protocol {datagram.protocol} length {len(datagram.data)}"
