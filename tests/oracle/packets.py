"""Frames and datagrams as a router reads them. Whatever is not as the standards want it comes back as drop reasons, never raised."""
from __future__ import annotations

import struct
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

from scapy.utils import checksum as internet_checksum

ARP, IPV4, IPV6, VLANS = 0x0806, 0x0800, 0x86DD, (0x8100, 0x88A8)
ICMP, TCP, UDP, ICMP6, SCTP = 1, 6, 17, 58, 132
HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION = 0, 43, 44, 51, 60
LESS_COMMON_EXTENSIONS = (135, 139, 140)               # mobility, HIP, shim6: a walker may know them or not
ICMP_ERRORS, ICMP_QUERIES = {3, 4, 5, 11, 12}, {0, 8, 9, 10, 13, 14, 15, 16, 17, 18, 42, 43}


@dataclass
class Datagram:
    data: bytes                       # the datagram alone: what follows it in the frame is cut
    source: IPv4Address | IPv6Address
    destination: IPv4Address | IPv6Address
    hop_limit: int
    header: int                       # bytes of the IPv4 header with options, or 40
    protocol: int | None              # of the upper layer; None when it cannot be told
    upper: int                        # where the upper layer begins in `data`
    plain: bool = True                # the upper layer stands right behind the header, unfragmented
    fragment: bool = False
    offset: int = 0                   # of a fragment, bytes
    more: bool = False
    do_not_fragment: bool = False
    identification: int = 0
    source_route: bool = False
    also: list[str] = field(default_factory=list)      # outcomes that the rules leave open beside the first

    @property
    def version(self) -> int:
        return self.source.version

    @property
    def payload(self) -> bytes:
        return self.data[self.upper:]

    @property
    def icmp_type(self) -> int | None:
        known = self.protocol == (ICMP if self.version == 4 else ICMP6) and self.offset == 0 and self.payload
        return self.payload[0] if known else None

    def is_icmp_error(self) -> bool | None:
        """None: the message's type cannot be told to be an error or not."""
        if self.protocol is None:
            return None
        if self.protocol != (ICMP if self.version == 4 else ICMP6):
            return False
        if self.icmp_type is None:
            return None
        if self.version == 6:
            return self.icmp_type < 128 or self.icmp_type == 137       # RFC 4443 section 2.4 e
        return True if self.icmp_type in ICMP_ERRORS else False if self.icmp_type in ICMP_QUERIES else None


def parse_ipv4(data: bytes) -> Datagram | list[str]:
    if len(data) < 20:
        return ["short"]
    header = (data[0] & 15) * 4
    if data[0] >> 4 != 4 or header < 20:
        return ["ip-header"]
    if header > len(data):
        return ["short", "ip-header"]
    if internet_checksum(data[:header]) != 0:
        return ["bad-ip-checksum"]
    total, identification, fragment = struct.unpack_from("!HHH", data, 2)
    if total < header:
        return ["ip-header", "short"]
    if total > len(data):
        return ["short", "ip-header"]
    source_route, malformed = read_options(data[20:header])
    offset, more = (fragment & 0x1FFF) * 8, bool(fragment & 0x2000)
    return Datagram(data[:total], IPv4Address(data[12:16]), IPv4Address(data[16:20]), data[8], header, data[9], header,
                    plain=not (offset or more), fragment=bool(offset or more), offset=offset, more=more,
                    do_not_fragment=bool(fragment & 0x4000), identification=identification, source_route=source_route,
                    also=["drop:ip-header"] if malformed else [])


def read_options(options: bytes) -> tuple[bool, bool]:
    """Whether a source route is among them (RFC 791 section 3.1: 131 loose, 137 strict), and whether they are malformed."""
    position, source_route = 0, False
    while position < len(options) and options[position] != 0:
        if options[position] == 1:
            position += 1
            continue
        if position + 1 >= len(options) or options[position + 1] < 2 or position + options[position + 1] > len(options):
            return source_route or options[position] in (131, 137), True
        source_route |= options[position] in (131, 137)
        position += options[position + 1]
    return source_route, False


def parse_ipv6(data: bytes) -> Datagram | list[str]:
    if len(data) < 40:
        return ["short"]
    if data[0] >> 4 != 6:
        return ["ip-header"]
    (payload,) = struct.unpack_from("!H", data, 4)
    if 40 + payload > len(data):
        return ["short", "ip-header"]
    datagram = Datagram(data[:40 + payload], IPv6Address(data[8:24]), IPv6Address(data[24:40]), data[7], 40, data[6], 40)
    return walk_extensions(datagram, whole=len(data))


def walk_extensions(datagram: Datagram, whole: int) -> Datagram | list[str]:
    """RFC 8200 section 4: to the upper layer, or to the fragment header of a fragment after the first."""
    data, kind, position = datagram.data, datagram.data[6], 40
    known = (HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION)
    while kind in known + LESS_COMMON_EXTENSIONS:
        datagram.plain = False
        if kind == FRAGMENT:
            length = 8
        elif position + 2 > len(data):
            length = 2
        else:
            length = (data[position + 1] + 2) * 4 if kind == AUTHENTICATION else (data[position + 1] + 1) * 8
        if position + max(length, 8) > len(data):
            return truncated_chain(datagram, kind, whole)
        if kind == ROUTING and data[position + 2] == 0:
            datagram.source_route = True
        if kind == FRAGMENT:
            (fragment,) = struct.unpack_from("!H", data, position + 2)
            datagram.offset, datagram.more = fragment & 0xFFF8, bool(fragment & 1)
            datagram.fragment = True
            (datagram.identification,) = struct.unpack_from("!I", data, position + 4)
        kind, position = data[position], position + length
        if datagram.offset:
            break
    datagram.protocol, datagram.upper = kind, position
    return datagram


def truncated_chain(datagram: Datagram, kind: int, whole: int) -> Datagram | list[str]:
    """`short`; but a first fragment may legally end here (before RFC 7112), and the rarer headers need not be walked."""
    if datagram.fragment or kind in LESS_COMMON_EXTENSIONS:
        datagram.protocol, datagram.upper = None, len(datagram.data)
        datagram.also = ["drop:short"]
        return datagram
    jumbo = len(datagram.data) == 40 and kind == HOP_BY_HOP and whole > 40      # RFC 2675: length 0 and a jumbo option
    return ["short", "ip-header"] if jumbo else ["short"]


def parse_ip(ether_type: int, data: bytes) -> Datagram | list[str]:
    return parse_ipv4(data) if ether_type == IPV4 else parse_ipv6(data)


def datagram_length(ether_type: int, data: bytes) -> int | None:
    """What the header says, or None when it says nothing: for records that are shorter than their frames."""
    if ether_type == IPV4 and len(data) >= 20 and data[0] >> 4 == 4:
        return max(struct.unpack_from("!H", data, 2)[0], (data[0] & 15) * 4)
    if ether_type == IPV6 and len(data) >= 40 and data[0] >> 4 == 6:
        return 40 + struct.unpack_from("!H", data, 4)[0]
    return None


def untagged(frame: bytes) -> tuple[list[int], int, bytes]:
    """The frame's VLANs, its EtherType behind them, and the rest; tags cut short read as EtherType with nothing behind."""
    vlans, position = [], 12
    while True:
        ether_type = int.from_bytes(frame[position:position + 2], "big")
        if ether_type not in VLANS or len(frame) < position + 6:
            return vlans, ether_type, frame[position + 2:]
        vlans.append(int.from_bytes(frame[position + 2:position + 4], "big") & 0xFFF)
        position += 4


def flow_of(frame: bytes) -> tuple:
    """What has to keep its order: the endpoints with ports or echo id; the fragments of one datagram are a flow of their own."""
    vlans, ether_type, data = untagged(frame)
    datagram = parse_ip(ether_type, data) if ether_type in (IPV4, IPV6) else ["ethertype"]
    if isinstance(datagram, list):
        return tuple(vlans), ether_type, frame[:14]
    ends = (tuple(vlans), str(datagram.source), str(datagram.destination), datagram.data[9] if datagram.version == 4 else datagram.protocol)
    if datagram.fragment:
        return ends[:3] + ("fragments", datagram.identification)
    if datagram.protocol in (TCP, UDP, SCTP):
        return ends + (datagram.payload[:4],)
    if datagram.icmp_type is not None:
        echo = datagram.icmp_type in ((0, 8) if datagram.version == 4 else (128, 129))
        return ends + (datagram.icmp_type, datagram.payload[4:6] if echo else b"")
    return ends
