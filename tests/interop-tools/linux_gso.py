#!/usr/bin/python3
"""Lets the Linux kernel cut large frames, and records what it makes of them: a real peer for the cutter.

    sudo linux_gso.py CASES.json RESULTS.json

CASES.json is a list of {"frame": hex, "size": payload bytes of a segment, "gso": virtio gso_type, "start": csum_start, "offset": csum_offset}.
Each frame is given to a veth port with a virtio header (AF_PACKET, PACKET_VNET_HDR), its transport checksum partial. The port has every
transmit offload off, so that the kernel cuts in software before the peer sees the segments; those go to RESULTS.json, a list of lists of hex.
Needs root, iproute2 and ethtool; runs in a network namespace of its own and leaves nothing behind. Exit
code 77: root may not make one here.
"""
import json
import os
import socket
import struct
import subprocess
import sys

NAMESPACE = f"gso{os.getpid()}"
SOL_PACKET, PACKET_AUXDATA, PACKET_VNET_HDR, PACKET_IGNORE_OUTGOING = 263, 8, 15, 23
VLAN_VALID = 0x10
NEEDS_CHECKSUM = 1
FORBIDDEN = 77
WAIT = 1.0                                             # seconds for the first segment; those behind it are there at once
OFFLOADS = "tx off rx off sg off tso off gso off gro off"


def run(*words: str) -> None:
    subprocess.run(words, check=True, timeout=30, stdout=subprocess.DEVNULL)


def may_build() -> bool:
    """Makes the namespace. A container's root may not; whatever else goes wrong is a failure."""
    made = subprocess.run(["ip", "netns", "add", NAMESPACE], check=False, timeout=30, capture_output=True, text=True)
    sys.stderr.write(made.stderr)
    if made.returncode != 0 and "Operation not permitted" in made.stderr:
        return False
    made.check_returncode()
    return True


def build() -> None:
    run("ip", "-n", NAMESPACE, "link", "add", "near", "mtu", "1600", "type", "veth", "peer", "name", "far", "mtu", "1600")
    for port in ("near", "far"):
        run("ip", "-n", NAMESPACE, "link", "set", "dev", port, "addrgenmode", "none")
        run("ip", "netns", "exec", NAMESPACE, "sysctl", "-qw", f"net.ipv6.conf.{port}.disable_ipv6=1")
        run("ip", "netns", "exec", NAMESPACE, "ethtool", "-K", port, *OFFLOADS.split())
        run("ip", "-n", NAMESPACE, "link", "set", "dev", port, "up")


def take(link: socket.socket) -> bytes:
    """A frame, with the outer tag that the kernel has put beside it back in its place."""
    frame, messages, _, _ = link.recvmsg(65536, 256)
    for level, kind, data in messages:
        if (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
            status, _, _, _, _, tag, protocol = struct.unpack("=IIIHHHH", data[:20])
            if status & VLAN_VALID:
                return frame[:12] + struct.pack(">HH", protocol, tag) + frame[12:]
    return frame


def receive(link: socket.socket, frames: int) -> list[str]:
    """So many frames, and a look for one more."""
    seen = []
    link.settimeout(WAIT)
    try:
        while len(seen) <= frames:
            seen.append(take(link).hex())
            if len(seen) == frames:
                link.settimeout(0.02)
    except TimeoutError:
        pass
    return seen


def cut(cases: list[dict]) -> list[list[str]]:
    """Runs in the namespace."""
    everything = socket.htons(3)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as near, socket.socket(socket.AF_PACKET, socket.SOCK_RAW, everything) as far:
        near.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
        near.bind(("near", 0))
        far.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        far.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        far.bind(("far", 3))
        results = []
        for case in cases:
            frame = bytes.fromhex(case["frame"])
            header = case["start"] + (8 if case["offset"] == 6 else (frame[case["start"] + 12] >> 4) * 4)
            virtio = struct.pack("<BBHHHH", NEEDS_CHECKSUM, case["gso"], header, case["size"], case["start"], case["offset"])
            near.send(virtio + frame)
            results.append(receive(far, -(-(len(frame) - header) // case["size"])))
        return results


def main() -> int:
    if len(sys.argv) == 4 and sys.argv[1] == "--inside":
        with open(sys.argv[2], encoding="utf-8") as cases, open(sys.argv[3], "w", encoding="utf-8") as results:
            json.dump(cut(json.load(cases)), results)
        return 0
    if len(sys.argv) != 3 or os.geteuid() != 0:
        print("needs root, CASES.json and RESULTS.json", file=sys.stderr)
        return 2
    if not may_build():
        return FORBIDDEN
    try:
        build()
        run("ip", "netns", "exec", NAMESPACE, sys.executable, os.path.abspath(__file__), "--inside", sys.argv[1], sys.argv[2])
    finally:
        subprocess.run(["ip", "netns", "delete", NAMESPACE], check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
