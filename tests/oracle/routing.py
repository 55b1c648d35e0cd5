"""What a router must do with a frame: semantics.md, Forwarding, frame by frame, written from that page alone."""
from __future__ import annotations

import struct
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from scapy.utils import checksum as internet_checksum

from captures import Record
from configuration import Configuration, Route
from links import ethernet_frame, record_faults
from packets import ARP, ICMP6, IPV4, IPV6, VLANS, Datagram, parse_ip
from replies import Replies, Reply, solicitation_is_good

MARTIAN_SOURCES = [IPv4Network(text) for text in ("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3")]
MARTIAN_DESTINATIONS = [IPv4Network(text) for text in ("0.0.0.0/8", "127.0.0.0/8", "240.0.0.0/4")]
LIMITED_BROADCAST = IPv4Address("255.255.255.255")
MAPPED = IPv6Network("::ffff:0:0/96")
UNSPECIFIED, LOOPBACK = IPv6Address("::"), IPv6Address("::1")


@dataclass
class Output:
    """One frame that leaves: by one of the candidates, which are several with ECMP (one flow keeps to one)."""

    candidates: list[tuple[str, bytes]]


@dataclass
class Judgement:
    """`outcomes`: forward, consume, drop:REASON; the first is what the order of the checks says, the others are as right."""

    outcomes: list[str]
    ports: list[str] = field(default_factory=list)     # that count the frame coming in
    outputs: list[Output] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    loose: str = ""                                    # why the outputs' bytes are not foretold
    datagram: Datagram | None = None


class Router:
    def __init__(self, configuration: Configuration):
        self.configuration = configuration
        self.replies = Replies(configuration)

    def judge(self, port: str, record: Record, clock: int) -> Judgement:
        mac = self.configuration.ports[port].mac
        frame = ethernet_frame(record, mac)
        if isinstance(frame, list):
            return Judgement(frame, [port])
        faults = record_faults(record, frame)
        if faults:
            return Judgement(faults, [port])
        if len(frame) < 14:
            return Judgement(["drop:short"], [port])
        if frame[6:12] == mac:
            return Judgement(["drop:own-source"], [port])
        return self.judge_frame(port, frame, clock)

    def judge_frame(self, port: str, frame: bytes, clock: int) -> Judgement:
        ports, position = [port], 12
        while int.from_bytes(frame[position:position + 2], "big") in VLANS:
            if len(frame) < position + 6:
                return Judgement(["drop:short", "drop:vlan"], ports)
            vlan = int.from_bytes(frame[position + 2:position + 4], "big") & 0xFFF
            position += 4
            if vlan:
                below = self.configuration.sub_port(ports[-1], vlan)
                if below is None:
                    return Judgement(["drop:vlan"], ports)
                ports.append(below)
        ether_type, rest = int.from_bytes(frame[position:position + 2], "big"), frame[position + 2:]
        if ether_type == ARP:
            return self.judge_arp(ports, frame, rest)
        if ether_type not in (IPV4, IPV6):
            return Judgement(["drop:ethertype"], ports)
        datagram = parse_ip(ether_type, rest)
        if isinstance(datagram, list):
            return Judgement(["drop:" + reason for reason in datagram], ports)
        judgement = self.judge_datagram(ports[-1], frame, datagram, clock)
        judgement.ports, judgement.datagram = ports, datagram
        judgement.outcomes += [outcome for outcome in datagram.also if outcome not in judgement.outcomes]
        return judgement

    def judge_arp(self, ports: list[str], frame: bytes, packet: bytes) -> Judgement:
        if len(packet) < 28 or packet[:6] != b"\0\1\x08\0\6\4":
            return Judgement(["drop:short", "drop:ethertype", "drop:ip-header", "drop:not-for-us", "consume"], ports)
        reply = self.replies.arp(frame, packet, ports[-1])
        return Judgement(["consume"], ports, replies=[reply] if reply else [])

    def judge_datagram(self, port: str, frame: bytes, datagram: Datagram, clock: int) -> Judgement:
        discovery = self.is_discovery(datagram)
        refusals = self.refusals(datagram, group_frame=bool(frame[0] & 1), discovery=discovery)
        own = self.configuration.is_own(datagram.destination)
        if discovery and not {"drop:source-route", "drop:land", "drop:martian"} & set(refusals):
            return self.consume_discovery(port, frame, datagram, refusals)
        if refusals:
            if own and refusals[0] == "drop:l2-group":
                reply = self.replies.echo(datagram, port)
                if reply:
                    reply.certain = False
                return Judgement(refusals + ["consume"], replies=[reply] if reply else [])
            return Judgement(refusals)
        if own:
            reply = self.replies.echo(datagram, port)
            return Judgement(["consume"], replies=[reply] if reply else [])
        if datagram.source.is_link_local or datagram.destination.is_link_local:
            return Judgement(["drop:link-local"])
        return self.route(port, datagram, clock)

    def is_discovery(self, datagram: Datagram) -> bool:
        """
        Neighbour discovery that is for the router: to a group or an own address. Between two other hosts it is a datagram like any
        other, and its receiver sees by the hop limit, no longer 255, that it was forwarded (RFC 4861 section 7.1). So does Linux.
        """
        known = datagram.plain and datagram.protocol == ICMP6 and datagram.version == 6 and datagram.hop_limit == 255
        heard = datagram.destination.is_multicast or self.configuration.is_own(datagram.destination)
        return known and heard and datagram.icmp_type is not None and 133 <= datagram.icmp_type <= 137

    def consume_discovery(self, port: str, frame: bytes, datagram: Datagram, refusals: list[str]) -> Judgement:
        reply = self.replies.advertisement(frame, datagram, port)
        wrong = [] if datagram.icmp_type != 135 or solicitation_is_good(datagram) else ["drop:bad-l4-checksum", "drop:short"] + refusals
        return Judgement(["consume"] + wrong, replies=[reply] if reply else [])

    def refusals(self, datagram: Datagram, group_frame: bool, discovery: bool) -> list[str]:
        """Every reason that holds before own addresses and routes are looked at, in the order of the checks."""
        source, destination = datagram.source, datagram.destination
        faults = ["drop:source-route"] if datagram.source_route else []
        faults += ["drop:land"] if source == destination else []
        faults += ["drop:martian"] if self.source_is_martian(source, discovery) or self.destination_is_martian(destination) else []
        group = None
        if destination.is_multicast:
            group = "drop:multicast"
        elif destination == LIMITED_BROADCAST or destination in self.configuration.broadcasts:
            group = "drop:broadcast"
        faults += [group] if group else []
        faults += ["drop:l2-group"] if group_frame and not group else []
        if faults and (source.is_link_local or destination.is_link_local) and not group and not self.configuration.is_own(destination):
            faults.append("drop:link-local")
        return faults

    def source_is_martian(self, source, discovery: bool) -> bool:
        if source.version == 4:
            fixed = any(source in network for network in MARTIAN_SOURCES)
            return fixed or source in self.configuration.broadcasts or self.configuration.is_own(source)
        if discovery and source == UNSPECIFIED:
            return False
        return source in (UNSPECIFIED, LOOPBACK) or source.is_multicast or source in MAPPED or self.configuration.is_own(source)

    def destination_is_martian(self, destination) -> bool:
        return destination.version == 4 and destination != LIMITED_BROADCAST and any(destination in net for net in MARTIAN_DESTINATIONS)

    def is_spoofed(self, port: str, datagram: Datagram) -> bool:
        mode = self.configuration.ports[port].rpf
        if mode not in ("loose", "strict"):
            return False
        route = self.configuration.lookup(datagram.source)
        if route is None or not route.hops:
            return True
        return mode == "strict" and port not in [hop.port for hop in route.hops]

    def route(self, port: str, datagram: Datagram, clock: int) -> Judgement:
        if self.is_spoofed(port, datagram):
            return Judgement(["drop:spoof"])
        if datagram.hop_limit <= 1:
            return self.refuse(port, datagram, "hop-limit", clock)
        route = self.configuration.lookup(datagram.destination)
        open_end = ["drop:martian"] if datagram.destination in (UNSPECIFIED, LOOPBACK) else []     # not named, but plausible
        if route is None:
            return self.refuse(port, datagram, "no-route", clock, open_end)
        if not route.hops:
            return Judgement(["drop:blackhole"] + open_end)
        mtu = min(self.configuration.ports[hop.port].mtu for hop in route.hops)
        if len(datagram.data) > mtu:
            if datagram.version == 6 or datagram.do_not_fragment:
                return self.refuse(port, datagram, "mtu", clock, open_end, mtu)
            return self.forward(route, datagram, fragments_of(forwarded(datagram), datagram, mtu), open_end)
        return self.forward(route, datagram, [forwarded(datagram)], open_end)

    def refuse(self, port: str, datagram: Datagram, reason: str, clock: int, also: list[str] | None = None, mtu: int = 0) -> Judgement:
        reply = self.replies.error(datagram, port, reason, clock, mtu)
        if reply and (also or datagram.also):
            reply.certain = False
        return Judgement(["drop:" + reason] + (also or []), replies=[reply] if reply else [])

    def forward(self, route: Route, datagram: Datagram, datagrams: list[bytes], also: list[str]) -> Judgement:
        outputs = [Output([(hop.port, self.frame_for(hop.port, hop.address or datagram.destination, data)) for hop in route.hops])
                   for data in datagrams]
        loose = ""
        if len(datagrams) > 1 and datagram.header > 20:
            loose = "fragments of a datagram with options"
        if datagram.version == 4 and datagram.offset + len(datagram.data) - datagram.header > 65_535:
            loose, also = "a fragment that ends beyond 65,535", also + ["drop:ip-header", "drop:fragment"]
        return Judgement(["forward"] + also, outputs=outputs, loose=loose)

    def frame_for(self, port: str, next_hop, data: bytes) -> bytes:
        """Tagged per sub-port with 0x8100, no priority; not padded."""
        tags = b"".join(b"\x81\0" + struct.pack("!H", vlan) for vlan in self.configuration.tags(port))
        ether_type = b"\x08\0" if data[0] >> 4 == 4 else b"\x86\xdd"
        return self.configuration.resolve(port, next_hop) + self.configuration.ports[port].mac + tags + ether_type + data


def forwarded(datagram: Datagram) -> bytes:
    data = bytearray(datagram.data)
    if datagram.version == 6:
        data[7] -= 1
    else:
        data[8] -= 1
        seal(data, datagram.header)
    return bytes(data)


def seal(data: bytearray, header: int) -> None:
    data[10:12] = b"\0\0"
    data[10:12] = struct.pack("!H", internet_checksum(bytes(data[:header])))


def fragments_of(data: bytes, datagram: Datagram, mtu: int) -> list[bytes]:
    """RFC 791 section 3.2: each as large as fits, in units of eight bytes."""
    header, payload = data[:datagram.header], data[datagram.header:]
    step = (mtu - datagram.header) // 8 * 8
    pieces = []
    for start in range(0, len(payload), step):
        piece, last = payload[start:start + step], start + step >= len(payload)
        made = bytearray(header + piece)
        flags = 0 if last and not datagram.more else 0x2000
        reserved = int.from_bytes(header[6:8], "big") & 0x8000
        struct.pack_into("!H", made, 2, len(made))
        struct.pack_into("!H", made, 6, reserved | flags | (datagram.offset + start) // 8 & 0x1FFF)
        seal(made, datagram.header)
        pieces.append(bytes(made))
    return pieces
