#!/usr/bin/python3
"""Sends captures through a Linux router and records what comes out: a real peer for frames that no program at hand sends.

    sudo through_linux.py --sent SENT.pcap --out DIR CAPTURE...

The router is the kernel in a network namespace, configured as captures.yaml beside this file: in by lan, a way to everywhere by
wan. SENT.pcap is what it was given (the complete Ethernet frames of the captures, addressed to the router, 20 ms apart so that no
limit of ICMP errors is met): the input for oracle.py and for `replay`. DIR/lan.pcap and DIR/wan.pcap are what the kernel sent, for
compare_linux.py --linux DIR. Tagged frames are left out: the kernel need not have 802.1Q.
Needs root, iproute2, ethtool, tcpdump and python3-scapy; ends within two minutes, and leaves nothing behind.
"""
import argparse
import os
import signal
import subprocess
import sys
import time

from captures import ETHERNET, read_capture, write_capture
from packets import VLANS

ROUTER, HOST = f"router{os.getpid()}", f"host{os.getpid()}"
ROUTER_MAC = bytes.fromhex("020100000001")             # what the replay gives the first port
INTERVAL = 20_000_000                                  # nanoseconds
SETTINGS = ["net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1", "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.lan.rp_filter=0",
            "net.ipv4.conf.all.send_redirects=0", "net.ipv4.conf.lan.send_redirects=0", "net.ipv4.icmp_ratelimit=0",
            "net.ipv6.icmp.ratelimit=0", "net.ipv4.icmp_errors_use_inbound_ifaddr=1"]
ADDRESSES = [("lan", "198.19.1.1/24"), ("lan", "2001:db8:ffff:1::1/64"), ("wan", "198.19.2.1/24"), ("wan", "2001:db8:ffff:2::1/64")]
GATEWAYS = [("198.19.2.254", "02:00:c6:13:02:fe"), ("2001:db8:ffff:2::fe", "02:00:00:00:00:fe")]


def run(*words: str) -> None:
    subprocess.run(words, check=True, timeout=30, stdout=subprocess.DEVNULL)


def build() -> None:
    for name in (ROUTER, HOST):
        run("ip", "netns", "add", name)
    for port, mac, peer in (("lan", "02:01:00:00:00:01", "left"), ("wan", "02:01:00:00:00:02", "right")):
        run("ip", "-n", ROUTER, "link", "add", port, "mtu", "65535", "address", mac,
            "type", "veth", "peer", "name", peer, "mtu", "65535", "netns", HOST)
        run("ip", "-n", HOST, "link", "set", "dev", peer, "addrgenmode", "none")
        for name, device in ((ROUTER, port), (HOST, peer)):
            run("ip", "netns", "exec", name, "ethtool", "-K", device, *"tx off rx off tso off gso off gro off".split())
            run("ip", "-n", name, "link", "set", "dev", device, "up")
    run("ip", "netns", "exec", ROUTER, "sysctl", "-qw", *SETTINGS)
    for port, address in ADDRESSES:
        run("ip", "-n", ROUTER, "address", "add", address, "dev", port, *(["nodad"] if ":" in address else []))
    for gateway, mac in GATEWAYS:
        run("ip", "-n", ROUTER, "neighbor", "add", gateway, "lladdr", mac, "dev", "wan")
        run("ip", "-n", ROUTER, "route", "add", "default", "via", gateway, "mtu", "lock", "1500")


def capturer(port: str, path: str) -> subprocess.Popen:
    return subprocess.Popen(["ip", "netns", "exec", ROUTER, "timeout", "120", "tcpdump", "-i", port, "-Q", "out", "-s", "0", "-B", "32768",
                             "--time-stamp-precision=nano", "--immediate-mode", "-U", "-n", "-Z", "root", "-w", path],
                            stderr=subprocess.DEVNULL)


def frames_of(paths: list[str]) -> list[bytes]:
    """Complete, untagged, Ethernet; unicast frames get the router's address, as a replay takes any."""
    frames = []
    for path in paths:
        for record in read_capture(path).records:
            whole = record.link_type == ETHERNET and len(record.data) == record.original and 14 <= record.original <= 65_549
            if whole and int.from_bytes(record.data[12:14], "big") not in VLANS:
                frames.append(record.data if record.data[0] & 1 else ROUTER_MAC + record.data[6:])
    return frames


def send(sent: str) -> None:
    """Runs in the host's namespace: ip netns exec HOST through_linux.py --send-only."""
    import socket
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as link:
        link.bind(("left", 0))
        for record in read_capture(sent).records:
            link.send(record.data)
            time.sleep(0.0005)                         # the router keeps up


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sent", required=True)
    parser.add_argument("--out", metavar="DIR")
    parser.add_argument("--send-only", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("captures", nargs="*")
    arguments = parser.parse_args()
    if arguments.send_only:
        send(arguments.sent)
        return 0
    if os.geteuid() != 0 or not arguments.out or not arguments.captures:
        parser.error("needs root, --out and captures")
    frames = frames_of(arguments.captures)
    write_capture(arguments.sent, [((number + 1) * INTERVAL, frame) for number, frame in enumerate(frames)])
    os.makedirs(arguments.out, exist_ok=True)
    try:
        build()
        time.sleep(2)                                  # duplicate address detection
        capturers = [capturer(port, os.path.join(arguments.out, port + ".pcap")) for port in ("lan", "wan")]
        time.sleep(1.5)
        sender = [sys.executable, os.path.abspath(__file__), "--send-only", "--sent", os.path.abspath(arguments.sent)]
        subprocess.run(["ip", "netns", "exec", HOST, *sender], check=True, timeout=90)
        time.sleep(1)
        for process in capturers:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=10)
    finally:
        for name in (ROUTER, HOST):
            subprocess.run(["ip", "netns", "delete", name], check=False)
    print(f"{len(frames)} frames sent through Linux")
    return 0


if __name__ == "__main__":
    sys.exit(main())
