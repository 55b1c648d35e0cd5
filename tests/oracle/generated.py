"""Rules for a frame that the appliance made: is it one of the replies foretold, and is all of it right?"""
from __future__ import annotations

import struct
from ipaddress import ip_address

from scapy.layers.inet6 import IPv6, in6_chksum
from scapy.utils import checksum as internet_checksum

from packets import ARP, ICMP, ICMP6, IPV4, IPV6, Datagram, parse_ip, untagged


def is_generated(frame: bytes, own: set[str]) -> bool:
    """No transit frame has an own source (it would be a martian), so these are ours, with ARP."""
    _, ether_type, data = untagged(frame)
    if ether_type == ARP:
        return True
    datagram = parse_ip(ether_type, data) if ether_type in (IPV4, IPV6) else None
    return isinstance(datagram, Datagram) and str(datagram.source) in own


def faults_of(frame: bytes, reply: dict, way: list, ports: dict) -> list[str]:
    """Why `frame`, sent by the port of `way`, is not the reply that was foretold; empty when it is."""
    port, macs = way
    vlans, ether_type, data = untagged(frame)
    faults = []
    if vlans != ports[port]["tags"]:
        faults.append(f"VLANs {vlans}, not {ports[port]['tags']}")
    if frame[6:12].hex() != ports[port]["mac"]:
        faults.append("source MAC is not the port's")
    if frame[:6].hex() not in macs:
        faults.append(f"destination MAC {frame[:6].hex(':')} is none of {macs}")
    if reply["kind"] == "arp-reply":
        exact = bytes.fromhex(reply["exact"])
        if ether_type != ARP or data != exact:
            faults += ["the ARP packet differs", f"expected {exact.hex()}", f"actual   {data.hex()}"]
        return faults
    datagram = parse_ip(ether_type, data) if ether_type in (IPV4, IPV6) else ["no IP datagram"]
    if isinstance(datagram, list):
        return faults + datagram
    return faults + datagram_faults(datagram, data, reply)


def datagram_faults(datagram: Datagram, data: bytes, reply: dict) -> list[str]:
    faults = []
    if str(datagram.destination) != reply["destination"]:
        faults.append(f"destination {datagram.destination}, not {reply['destination']}")
    if str(datagram.source) not in reply["sources"]:
        faults.append(f"source {datagram.source} is none of {reply['sources']}")
    if len(data) != len(datagram.data):
        faults.append("bytes after the datagram")
    if datagram.fragment:
        return faults + ([] if reply["largerThanMtu"] else ["is a fragment"])
    if datagram.protocol != (ICMP if datagram.version == 4 else ICMP6) or len(datagram.payload) < 8:
        return faults + ["is no ICMP message"]
    if not checksum_is_good(datagram):
        faults.append("ICMP checksum is wrong")
    check = {"error": error_faults, "echo-reply": echo_faults, "advertisement": advertisement_faults}[reply["kind"]]
    return faults + check(datagram, reply)


def checksum_is_good(datagram: Datagram) -> bool:
    """Recomputed in full over the message with the field at zero."""
    message = datagram.payload[:2] + b"\0\0" + datagram.payload[4:]
    if datagram.version == 4:
        right = internet_checksum(message)
    else:
        right = in6_chksum(ICMP6, IPv6(src=str(datagram.source), dst=str(datagram.destination)), message)
    return right == struct.unpack_from("!H", datagram.payload, 2)[0]


def error_faults(datagram: Datagram, reply: dict) -> list[str]:
    message, faults = datagram.payload, []
    if [message[0], message[1]] != list(reply["icmp"]):
        faults.append(f"type {message[0]} code {message[1]}, not {reply['icmp']}")
    if struct.unpack_from("!I", message, 4)[0] != reply["value"]:
        faults.append(f"second word {message[4:8].hex()}, not {reply['value']:08x}")
    if datagram.hop_limit < 64:
        faults.append(f"hop limit {datagram.hop_limit}")
    quote = bytes.fromhex(reply["quote"])
    if message[8:] not in (quote, one_hop_less(quote)):
        faults += ["the quote differs", f"expected {quote.hex()}", f"actual   {message[8:].hex()}"]
    return faults


def one_hop_less(quote: bytes) -> bytes:
    """RFC 1812 section 4.3.2.3: what forwarding had already changed need not be undone."""
    made = bytearray(quote)
    if quote[0] >> 4 == 6:
        made[7] = max(made[7] - 1, 0)
        return bytes(made)
    header = (quote[0] & 15) * 4
    made[8] = max(made[8] - 1, 0)
    made[10:12] = b"\0\0"
    made[10:12] = struct.pack("!H", internet_checksum(bytes(made[:header])))
    return bytes(made)


def echo_faults(datagram: Datagram, reply: dict) -> list[str]:
    message, exact = datagram.payload, bytes.fromhex(reply["exact"])
    faults = [] if datagram.hop_limit >= 64 else [f"hop limit {datagram.hop_limit}"]
    if message[:2] + message[4:] != exact[:2] + exact[4:]:
        faults += ["the echo differs", f"expected {exact.hex()}", f"actual   {message.hex()}"]
    return faults


def advertisement_faults(datagram: Datagram, reply: dict) -> list[str]:
    """RFC 4861 sections 4.4, 7.1.2 and 7.2.4."""
    message, faults = datagram.payload, []
    if message[0] != 136 or message[1] != 0 or len(message) < 24:
        return [f"type {message[0]} code {message[1]} in {len(message)} bytes is no advertisement"]
    if datagram.hop_limit != 255:
        faults.append(f"hop limit {datagram.hop_limit}")
    if message[8:24] != bytes.fromhex(reply["exact"]):
        faults.append(f"target {ip_address(message[8:24])}")
    if not message[4] & 0x80:
        faults.append("the router flag is not set")
    if bool(message[4] & 0x40) == (reply["destination"] == "ff02::1"):
        faults.append("the solicited flag is wrong")
    if message[24:26] != b"\2\1" and (reply["linkLayerOption"] or len(message) > 24):
        faults.append("no target link-layer address")                  # which a unicast solicitation does not need
    return faults


def candidate_key(frame: bytes) -> tuple:
    """What a reply and a frame must share for it to make sense to name their differences."""
    _, ether_type, data = untagged(frame)
    if ether_type == ARP:
        return "arp", data[24:28]
    datagram = parse_ip(ether_type, data)
    return "ip", str(datagram.destination)


def reply_key(reply: dict) -> tuple:
    destination = ip_address(reply["destination"])
    return ("arp", destination.packed) if reply["kind"] == "arp-reply" else ("ip", str(destination))
