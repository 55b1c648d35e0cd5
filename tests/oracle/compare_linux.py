#!/usr/bin/python3
"""Compares forwarding with a real peer's: the Linux kernel's, as tests/demo/record-demo.sh recorded it.

    compare_linux.py --prediction OUT.json --linux DIR [--out DIR]

Without --out the oracle itself is compared (this is what makes it believable); with --out, what `replay` wrote. Every frame
that both forward must be the same byte for byte, Ethernet addresses and checksums with it, and in the same order within its flow.
The differences that are meant, because the appliance's rules are stricter or simpler than Linux's, are counted by kind; any other
difference is a mismatch. Exit codes: 0 none, 1 mismatches, 2 wrong use.
"""
import argparse
import json
import sys
from collections import Counter, defaultdict

import compare
from generated import candidate_key, faults_of, is_generated, reply_key
from matching import Expected, Sent, align, by_flow, describe, difference, expectations, reason_of
from packets import ICMP6, IPV4, IPV6, Datagram, parse_ip, untagged

STRICTER = {reason: f"forwarded by Linux, refused by the appliance as {reason.removeprefix('drop:')}"
            for reason in ("drop:link-local", "drop:land", "drop:martian", "drop:source-route")}


def identity(frame: bytes) -> tuple | None:
    """What forwarding does not change of a datagram, options left out."""
    _, ether_type, data = untagged(frame)
    datagram = parse_ip(ether_type, data) if ether_type in (IPV4, IPV6) else None
    if not isinstance(datagram, Datagram):
        return None
    header = datagram.data[1:8] if datagram.version == 4 else datagram.data[:7]
    return header, datagram.source, datagram.destination, datagram.data[datagram.header:]


def differs_in_options_only(ours: bytes, theirs: bytes) -> bool:
    known = identity(ours)
    _, ether_type, data = untagged(ours)
    return known is not None and known == identity(theirs) and ether_type == IPV4 and data[0] & 15 > 5


def is_kernels_own(frame: bytes, own: set[str]) -> bool:
    """What a host sends of itself: generated frames, and discovery and multicast reports before it has an address."""
    _, ether_type, data = untagged(frame)
    if is_generated(frame, own):
        return True
    datagram = parse_ip(ether_type, data) if ether_type == IPV6 else None
    return isinstance(datagram, Datagram) and str(datagram.source) == "::" and datagram.protocol == ICMP6


class KernelComparison(compare.Comparison):
    def __init__(self, prediction: dict):
        super().__init__(prediction, timestamps=False)
        self.meant: Counter = Counter()
        self.outcomes = {}
        for frame in prediction["frames"]:
            key = identity(bytes.fromhex(frame["input"]))
            if key is not None:
                self.outcomes.setdefault(key, frame["outcomes"][0])

    def compare_transit(self, expected: dict, kernel: dict[tuple, list[Sent]]) -> None:
        for key in {**expected, **kernel}:
            pairs, missing, extra = align(expected.get(key, []), kernel.get(key, []))
            self.count["forwarded"] += len(pairs)
            for wanted in list(missing):
                twin = next((frame for frame in extra if differs_in_options_only(wanted.data, frame.data)), None)
                if twin is not None:
                    missing.remove(wanted)
                    extra.remove(twin)
                    self.meant["an IPv4 option that Linux fills in and the appliance passes untouched"] += 1
            for frame in list(extra):
                outcome = self.outcomes.get(identity(frame.data), "")
                if outcome in STRICTER:
                    extra.remove(frame)
                    self.meant[STRICTER[outcome]] += 1
            self.explain(missing, extra)

    def explain(self, missing: list, extra: list[Sent]) -> None:
        for wanted, frame in zip(missing, extra):
            self.mismatch(f"{self.name(wanted.frame)}: Linux sent otherwise ({reason_of(wanted.data, frame.data)}), "
                          f"{frame.port}.pcap frame {frame.number}", *difference(wanted.data, frame.data))
        for wanted in missing[len(extra):]:
            self.mismatch(f"{self.name(wanted.frame)}: Linux did not forward {describe(wanted.data)}")
        for frame in extra[len(missing):]:
            self.mismatch(f"{frame.port}.pcap frame {frame.number}: only Linux sent {describe(frame.data)}")

    def compare_replies(self, frames: list[Sent]) -> None:
        """Linux's errors, echo replies and advertisements by the rules that the appliance's are judged by."""
        waiting = defaultdict(list)
        for frame in self.prediction["frames"]:
            for reply in frame.get("replies", []):
                if reply["outcome"] == "out":
                    waiting[reply_key(reply)].append((frame, reply))
        for sent in frames:
            right = next((pair for pair in waiting[candidate_key(sent.data)] for way in pair[1]["ways"]
                          if not faults_of(sent.data, pair[1], way, self.prediction["ports"])), None)
            if right is not None:
                waiting[candidate_key(sent.data)].remove(right)
                self.count["generated"] += 1
            else:
                self.meant["Linux's own: its resolution of neighbours, multicast reports, resets and unreachable ports"] += 1
        for frame, reply in (pair for pairs in waiting.values() for pair in pairs if pair[1]["certain"]):
            self.mismatch(f"{self.name(frame)}: Linux made no {reply['kind']} {reply['icmp'] or ''} to {reply['destination']}")


def of_replay(comparison: KernelComparison, directory: str, own: set[str]) -> dict:
    """What `replay` sent, in the shape of the oracle's expectations."""
    sent = [frame for frames in comparison.read_outputs(directory).values() for frame in frames if not is_generated(frame.data, own)]
    return {key: [Expected({"port": frame.port + ".pcap", "number": frame.number}, frame.port, frame.data, True) for frame in frames]
            for key, frames in by_flow(sent).items()}


def main(text: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prediction", required=True)
    parser.add_argument("--linux", required=True, metavar="DIR")
    parser.add_argument("--out", metavar="DIR")
    arguments = parser.parse_args(text)
    try:
        with open(arguments.prediction, encoding="utf-8") as file:
            prediction = json.load(file)
    except (OSError, ValueError) as error:
        print(f"compare_linux: {error}", file=sys.stderr)
        return 2
    comparison, own = KernelComparison(prediction), set(prediction["own"])
    kernel = comparison.read_outputs(arguments.linux)
    every = [frame for frames in kernel.values() for frame in frames]
    transit = [frame for frame in every if not is_kernels_own(frame.data, own)]
    expected = of_replay(comparison, arguments.out, own) if arguments.out else expectations(prediction, kernel)
    comparison.compare_transit(expected, by_flow(transit))
    if not arguments.out:
        comparison.compare_replies([frame for frame in every if is_kernels_own(frame.data, own)])
    for mismatch in comparison.mismatches[:20]:
        print(mismatch)
    for kind, number in sorted(comparison.meant.items()):
        print(f"{number:5} {kind}")
    print(f"{comparison.count['forwarded']} forwarded frames are the same as Linux's, byte for byte; "
          f"{comparison.count['generated']} of Linux's replies obey the rules; {sum(comparison.meant.values())} differences are meant, "
          f"{len(comparison.mismatches)} mismatches")
    return 1 if comparison.mismatches else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
