"""The part of a configuration that decides what a router does with a frame: ports, addresses, routes, neighbours."""
from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_interface, ip_network

import yaml

Address = IPv4Address | IPv6Address


@dataclass
class Port:
    name: str
    mac: bytes = b""
    parent: str | None = None
    vlan: int = 0
    interfaces: list = field(default_factory=list)     # IPv4Interface, IPv6Interface, in the order of the configuration
    mtu: int = 1500
    rpf: str = "off"


@dataclass(frozen=True)
class Hop:
    address: Address | None                            # None: the destination itself (connected)
    port: str


@dataclass(frozen=True)
class Route:
    network: object
    hops: tuple[Hop, ...]                              # empty: blackhole


class Configuration:
    def __init__(self, document: dict):
        if "firewall" in document:
            raise ValueError("the oracle knows routers only, not `firewall`")
        self.ports = {name: read_port(name, keys or {}) for name, keys in document["ports"].items()}
        self.number_ports()
        self.own: dict[Address, str] = {}              # every own address and its port; virtual addresses are own
        for port in self.ports.values():
            for interface in port.interfaces:
                self.own.setdefault(interface.ip, port.name)
        for group in (document.get("high-availability") or {}).get("carp", []):
            for address in group["addresses"]:
                self.own.setdefault(ip_interface(address).ip, group["port"])
        self.link_locals = {port.name: link_local_of(port.mac) for port in self.ports.values()}
        self.broadcasts = {interface.network.broadcast_address for port in self.ports.values() for interface in port.interfaces
                           if interface.version == 4 and interface.network.prefixlen <= 30}
        self.connected = [Route(interface.network, (Hop(None, port.name),))
                          for port in self.ports.values() for interface in port.interfaces]
        self.routes = self.connected + [self.read_route(keys) for keys in document.get("routes") or []]
        self.neighbours = {(keys["port"], ip_address(keys["address"])): mac_bytes(keys["mac"])
                           for keys in document.get("neighbors") or []}

    def number_ports(self) -> None:
        number = 0
        for port in self.ports.values():
            if port.parent is None:
                number += 1
                port.mac = bytes([2, 1, 0, 0, 0, number])
        for port in self.ports.values():
            port.mac = self.physical(port.name).mac

    def physical(self, name: str) -> Port:
        port = self.ports[name]
        while port.parent is not None:
            port = self.ports[port.parent]
        return port

    def tags(self, name: str) -> list[int]:
        """The VLANs that a frame sent by this port carries, outermost first."""
        port, vlans = self.ports[name], []
        while port.parent is not None:
            vlans.insert(0, port.vlan)
            port = self.ports[port.parent]
        return vlans

    def counted_at(self, name: str) -> list[str]:
        """The ports that count a frame of this port: itself and those that feed it."""
        names = [name]
        while self.ports[names[-1]].parent is not None:
            names.append(self.ports[names[-1]].parent)
        return names

    def sub_port(self, parent: str, vlan: int) -> str | None:
        return next((port.name for port in self.ports.values() if port.parent == parent and port.vlan == vlan), None)

    def is_own(self, address: Address) -> bool:
        return address in self.own or address in self.link_locals.values()

    def read_route(self, keys: dict) -> Route:
        network = ip_network(keys["to"], strict=False)
        if keys.get("blackhole", "false") == "true":
            return Route(network, ())
        vias = keys["via"] if isinstance(keys["via"], list) else [keys["via"]]
        return Route(network, tuple(Hop(ip_address(via), keys.get("port") or self.port_towards(ip_address(via))) for via in vias))

    def port_towards(self, via: Address) -> str:
        fitting = [route for route in self.connected if route.network.version == via.version and via in route.network]
        if not fitting:
            raise ValueError(f"next hop {via} is in no connected network")
        return max(fitting, key=lambda route: route.network.prefixlen).hops[0].port

    def lookup(self, address: Address) -> Route | None:
        """Longest match; a connected network goes before a static route of the same length."""
        fitting = [route for route in self.routes if route.network.version == address.version and address in route.network]
        return max(fitting, key=lambda route: route.network.prefixlen, default=None)

    def resolve(self, port: str, address: Address) -> bytes:
        """Replay: only `neighbors:` resolve, any other next hop gets 02:00 and the last four bytes of its address."""
        return self.neighbours.get((port, address), b"\x02\x00" + address.packed[-4:])


def read_port(name: str, keys: dict) -> Port:
    addresses = [ip_interface(address) for address in keys.get("addresses") or []]
    return Port(name=name, parent=keys.get("parent"), vlan=int(keys.get("vlan", 0)), interfaces=addresses,
                mtu=int(keys.get("mtu", 1500)), rpf=keys.get("rpf", "off"))


def mac_bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", "").replace("-", ""))


def link_local_of(mac: bytes) -> IPv6Address:
    """EUI-64, RFC 4291 appendix A."""
    identifier = bytes([mac[0] ^ 2]) + mac[1:3] + b"\xff\xfe" + mac[3:]
    return IPv6Address(IPv6Network("fe80::/64").network_address.packed[:8] + identifier)


def read_configuration(path: str) -> Configuration:
    with open(path, encoding="utf-8") as file:
        return Configuration(yaml.load(file, Loader=yaml.BaseLoader))    # every scalar as its text: no `on`, no sexagesimal
