"""What the appliance makes itself, as far as it can be foretold: ICMP errors, echo replies, ARP and neighbour advertisements."""
from __future__ import annotations

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from scapy.layers.inet6 import in6_chksum
from scapy.utils import checksum as internet_checksum
from scapy.layers.inet6 import IPv6

from configuration import Address, Configuration
from packets import ICMP6, Datagram

QUOTED = {4: 576 - 28, 6: 1280 - 48}                   # semantics: 576 or 1280 bytes in all
BURST, PER_SECOND = 50, 100


@dataclass
class Reply:
    kind: str                                          # arp-reply, advertisement, echo-reply, error
    ways: list[tuple[str, list[bytes]]]                # ports it may leave by, each with the MACs it may be sent to
    destination: Address
    sources: list[Address]
    certain: bool = True
    outcome: str = "out"                               # or drop:REASON, when it cannot be sent
    exact: bytes | None = None                         # ARP: the packet; echo: the ICMP message but for its checksum
    icmp: tuple[int, int] | None = None                # an error's type and code
    value: int = 0                                     # an error's second word: the next hop's MTU
    quote: bytes = b""
    larger_than_mtu: bool = False
    link_layer_option: bool = False                    # an advertisement has to carry its MAC


class ErrorLimit:
    """100/s, burst 50, per steering bucket. The bucket is a secret, so: certain while even one bucket for all would allow it."""

    def __init__(self) -> None:
        self.tokens, self.last, self.exhausted = float(BURST), 0, False

    def certain(self, clock: int) -> bool:
        self.tokens = min(BURST, self.tokens + (clock - self.last) * PER_SECOND / 1e9)
        self.last = clock
        if self.tokens < 1:
            self.exhausted = True
        else:
            self.tokens -= 1
        return not self.exhausted


class Replies:
    def __init__(self, configuration: Configuration):
        self.configuration = configuration
        self.limit = ErrorLimit()

    def ways_to(self, address: Address, arrived: str) -> tuple[list[tuple[str, list[bytes]]], str]:
        """A generated frame enters at route."""
        configuration = self.configuration
        if address.is_link_local:                      # is not routed: back where it came from
            return [(arrived, [configuration.resolve(arrived, address)])], "out"
        route = configuration.lookup(address)
        if route is None:
            return [], "drop:no-route"
        if not route.hops:
            return [], "drop:blackhole"
        return [(hop.port, [configuration.resolve(hop.port, hop.address or address)]) for hop in route.hops], "out"

    def error_sources(self, version: int, arrived: str) -> list[Address]:
        """The first address of the family on the port the frame came in by, else another port's."""
        mine = [interface.ip for interface in self.configuration.ports[arrived].interfaces if interface.version == version]
        if mine:
            return mine[:1]
        return [address for address in self.configuration.own if address.version == version]

    def error(self, datagram: Datagram, arrived: str, kind: str, clock: int, mtu: int = 0) -> Reply | None:
        about_error = datagram.is_icmp_error()
        if about_error or datagram.offset:
            return None
        sources = self.error_sources(datagram.version, arrived)
        ways, outcome = self.ways_to(datagram.source, arrived)
        icmp = {("hop-limit", 4): (11, 0), ("hop-limit", 6): (3, 0), ("no-route", 4): (3, 0), ("no-route", 6): (1, 0),
                ("mtu", 4): (3, 4), ("mtu", 6): (2, 0)}[kind, datagram.version]
        certain = bool(sources) and about_error is False
        if certain:
            certain = self.limit.certain(clock)
        if not sources:
            sources = list(self.configuration.link_locals.values()) if datagram.version == 6 else []
        return Reply("error", ways, datagram.source, sources, certain, outcome, icmp=icmp, value=mtu,
                     quote=datagram.data[:QUOTED[datagram.version]])

    def echo(self, datagram: Datagram, arrived: str) -> Reply | None:
        """Only of a whole request with a good checksum."""
        request, answer = (8, 0) if datagram.version == 4 else (128, 129)
        message = datagram.payload
        if datagram.icmp_type != request or datagram.fragment or len(message) < 8 or message[1] != 0 or not icmp_is_good(datagram):
            return None
        ways, outcome = self.ways_to(datagram.source, arrived)
        large = any(datagram.header + len(message) > self.configuration.ports[port].mtu for port, _ in ways)
        return Reply("echo-reply", ways, datagram.source, [datagram.destination], datagram.plain and not large, outcome,
                     exact=bytes([answer, 0, 0, 0]) + message[4:], larger_than_mtu=large)

    def arp(self, frame: bytes, packet: bytes, arrived: str) -> Reply | None:
        """RFC 826: a request for an own address. Whether another port's address is answered for is left open."""
        (operation,) = struct.unpack_from("!H", packet, 6)
        sender, target = IPv4Address(packet[14:18]), IPv4Address(packet[24:28])
        if operation != 1 or target not in self.configuration.own:
            return None
        mac = self.configuration.ports[arrived].mac
        certain = self.configuration.own[target] == arrived and sender != target and not packet[8] & 1
        exact = b"\0\1\x08\0\6\4\0\2" + mac + target.packed + packet[8:14] + sender.packed
        return Reply("arp-reply", [(arrived, [frame[6:12], packet[8:14]])], sender, [target], certain, exact=exact)

    def advertisement(self, frame: bytes, datagram: Datagram, arrived: str) -> Reply | None:
        """RFC 4861 section 7.2.4: a solicitation of an own address."""
        message = datagram.payload
        if message[0] != 135 or not solicitation_is_good(datagram):
            return None
        target = IPv6Address(message[8:24])
        configuration = self.configuration
        here = configuration.own.get(target) == arrived or configuration.link_locals[arrived] == target
        if not here and target not in configuration.own:
            return None
        if datagram.source == IPv6Address("::"):
            destination, macs = IPv6Address("ff02::1"), [b"\x33\x33\0\0\0\1"]
        else:
            destination = datagram.source
            macs = [frame[6:12], configuration.resolve(arrived, destination)]
            macs += [message[26:32]] if message[24:26] == b"\1\1" else []
        return Reply("advertisement", [(arrived, macs)], destination, [target, configuration.link_locals[arrived]], here,
                     exact=target.packed, link_layer_option=datagram.destination.is_multicast)


def icmp_is_good(datagram: Datagram) -> bool:
    if datagram.version == 4:
        return internet_checksum(datagram.payload) == 0
    pseudo = IPv6(src=str(datagram.source), dst=str(datagram.destination))
    return in6_chksum(ICMP6, pseudo, datagram.payload) in (0, 0xFFFF)


def solicitation_is_good(datagram: Datagram) -> bool:
    """RFC 4861 section 7.1.1."""
    message = datagram.payload
    if len(message) < 24 or message[1] != 0 or not icmp_is_good(datagram) or IPv6Address(message[8:24]).is_multicast:
        return False
    position, link_layer = 24, False
    while position < len(message):
        if position + 2 > len(message) or message[position + 1] == 0 or position + message[position + 1] * 8 > len(message):
            return False
        link_layer |= message[position] == 1
        position += message[position + 1] * 8
    unspecified = datagram.source == IPv6Address("::")
    solicited_node = datagram.destination.packed[:13] == IPv6Address("ff02::1:ff00:0").packed[:13]
    return not unspecified or (solicited_node and not link_layer)
