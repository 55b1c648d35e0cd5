"""A stand-in for the product in the tests of compare.py: writes the outputs and accounts of an appliance that does all as foretold."""
from __future__ import annotations

import os
import struct
from collections import Counter
from ipaddress import ip_address

from scapy.layers.inet6 import IPv6, in6_chksum
from scapy.utils import checksum as internet_checksum

from captures import write_capture


def ip_datagram(source: str, destination: str, message: bytearray, hop_limit: int) -> bytes:
    """An ICMP message, its checksum filled in, behind a header."""
    message[2:4] = b"\0\0"
    if ip_address(source).version == 4:
        struct.pack_into("!H", message, 2, internet_checksum(bytes(message)))
        header = bytearray(struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(message), 0, 0, hop_limit, 1, 0))
        header += ip_address(source).packed + ip_address(destination).packed
        struct.pack_into("!H", header, 10, internet_checksum(bytes(header)))
    else:
        struct.pack_into("!H", message, 2, in6_chksum(58, IPv6(src=source, dst=destination), bytes(message)))
        header = struct.pack("!IHBB", 6 << 28, len(message), 58, hop_limit) + ip_address(source).packed + ip_address(destination).packed
    return bytes(header) + bytes(message)


def reply_frame(reply: dict, ports: dict) -> tuple[str, bytes]:
    port, macs = reply["ways"][0]
    mac, source, destination = bytes.fromhex(ports[port]["mac"]), reply["sources"][0], reply["destination"]
    if reply["kind"] == "arp-reply":
        ether_type, data = 0x0806, bytes.fromhex(reply["exact"])
    else:
        ether_type = 0x0800 if ip_address(source).version == 4 else 0x86DD
        if reply["kind"] == "error":
            message, hop_limit = bytes([*reply["icmp"], 0, 0]) + struct.pack("!I", reply["value"]) + bytes.fromhex(reply["quote"]), 64
        elif reply["kind"] == "echo-reply":
            message, hop_limit = bytes.fromhex(reply["exact"]), 64
        else:
            flags = 0xA0 if destination == "ff02::1" else 0xE0
            message, hop_limit = bytes([136, 0, 0, 0, flags, 0, 0, 0]) + bytes.fromhex(reply["exact"]) + b"\2\1" + mac, 255
        data = ip_datagram(source, destination, bytearray(message), hop_limit)
    tags = b"".join(struct.pack("!HH", 0x8100, vlan) for vlan in ports[port]["tags"])
    return ports[port]["physical"], bytes.fromhex(macs[0]) + mac + tags + struct.pack("!H", ether_type) + data


def render(prediction: dict) -> dict[str, list[tuple[int, bytes]]]:
    ports = prediction["ports"]
    sent: dict[str, list] = {name: [] for name, keys in ports.items() if keys["physical"] == name}
    for frame in prediction["frames"]:
        if frame["outcomes"][0] == "forward":
            for candidates in frame["outputs"]:
                port, data = candidates[0]
                sent[ports[port]["physical"]].append((frame["clock"], bytes.fromhex(data)))
        for reply in frame.get("replies", []):
            if reply["certain"] and reply["outcome"] == "out":
                port, data = reply_frame(reply, ports)
                sent[port].append((frame["clock"], data))
    return sent


def write_outputs(directory: str, sent: dict[str, list[tuple[int, bytes]]]) -> None:
    os.makedirs(directory, exist_ok=True)
    for port, frames in sent.items():
        write_capture(os.path.join(directory, port + ".pcap"), frames)


def accounts(prediction: dict) -> dict:
    """`replay --json`, from the prediction's counters."""
    counters: Counter = Counter(prediction["counters"])
    frames = {name: counters["frames." + name] for name in ("in", "out", "dropped", "consumed", "generated")}
    drops = {name.removeprefix("drops."): count for name, count in counters.items() if name.startswith("drops.")}
    ports = {name: {way: counters[f"ports.{name}.{way}"] for way in ("in", "out")} for name in prediction["ports"]}
    return {"frames": frames, "drops": drops, "ports": ports, "vcpus": [{"id": 0, "frames": frames["in"]}]}
