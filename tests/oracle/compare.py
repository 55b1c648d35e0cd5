#!/usr/bin/python3
"""Compares what `replay` did with what the oracle foretold.

    compare.py --prediction OUT.json --out DIR [--json REPLAY.json] [--no-timestamps] [--most N]

DIR is the replay's --out, REPLAY.json its --json. Every frame foretold must be there byte for byte and in order within its
flow; every other frame must be a reply foretold, and right by the rules of its kind; the accounts must fit. Each mismatch is
named with the input frame, the bytes and the reason. The last line counts. Exit codes: 0 no mismatch, 1 mismatches, 2 wrong use.
"""
import argparse
import json
import os
import sys
from collections import Counter, defaultdict

try:
    import scapy                                       # noqa: F401
except ImportError:
    sys.exit(f"compare: scapy is missing for {sys.executable}; on Debian: apt-get install -y python3-scapy python3-yaml, "
             "and run /usr/bin/python3")

from accounts import account_faults, number_of
from captures import file_header_faults, read_capture
from generated import candidate_key, faults_of, is_generated, reply_key
from matching import Sent, align, by_flow, canonical, describe, difference, expectations, loose_flows, most_similar, reason_of
from packets import untagged


class Comparison:
    def __init__(self, prediction: dict, timestamps: bool = True):
        self.prediction, self.timestamps = prediction, timestamps
        self.mismatches: list[str] = []
        self.count: Counter = Counter()
        self.indices = {id(frame): index for index, frame in enumerate(prediction["frames"])}
        self.forwarded: set[int] = set()               # indices of the input frames that left
        self.made_by_cutting = 0

    def mismatch(self, *lines: str) -> None:
        self.mismatches.append("\n".join(lines))

    def name(self, frame: dict) -> str:
        return f"{frame['port']}:{frame['number']}"

    def read_outputs(self, directory: str) -> dict[str, list[Sent]]:
        outputs = {}
        for port in (name for name, keys in self.prediction["ports"].items() if keys["physical"] == name):
            outputs[port] = self.read_output(os.path.join(directory, port + ".pcap"), port)
        return outputs

    def read_output(self, path: str, port: str) -> list[Sent]:
        if not os.path.exists(path):
            self.mismatch(f"{path} is missing: every physical port has its output, even an empty one")
            return []
        for fault in file_header_faults(path):
            self.mismatch(f"{path} {fault}")
        capture = read_capture(path)
        if capture.error:
            self.mismatch(f"{path}: {capture.error}")
        latest = 0
        for number, record in enumerate(capture.records, 1):
            if record.original != len(record.data):
                self.mismatch(f"{path}: frame {number} is cut")
            if record.time < latest:
                self.mismatch(f"{path}: frame {number} is earlier than the one before it")
            latest = record.time
        return [Sent(port, number, record.time, record.data) for number, record in enumerate(capture.records, 1)]

    def compare_forwarded(self, sent: dict[str, list[Sent]], transit: list[Sent]) -> None:
        expected, actual = expectations(self.prediction, sent), by_flow(transit)
        loose = loose_flows(self.prediction)
        left_missing, left_extra = [], []
        for key in {**expected, **actual}:
            if key in loose:
                self.count["unchecked"] += len(actual.get(key, []))
                continue
            pairs, missing, extra = align(expected.get(key, []), actual.get(key, []))
            for wanted, frame in pairs:
                self.accept(wanted, frame)
            left_missing += missing
            left_extra += extra
        self.explain(left_missing, left_extra)
        self.count_cuts()

    def accept(self, wanted, frame: Sent) -> None:
        self.count["forwarded"] += 1
        self.forwarded.add(self.indices[id(wanted.frame)])
        if self.timestamps and frame.time != wanted.frame["clock"]:
            self.mismatch(f"{self.name(wanted.frame)}: left at {frame.time} ns ({frame.port}.pcap frame {frame.number}), "
                          f"but the clock of its breath is {wanted.frame['clock']}")

    def count_cuts(self) -> None:
        self.made_by_cutting = sum(len(self.prediction["frames"][index]["outputs"]) - 1 for index in self.forwarded)

    def explain(self, missing: list, extra: list[Sent]) -> None:
        """Out of order when the bytes are there; else pairs what is missing with what resembles it, whatever its flow has become."""
        for wanted in list(missing):
            frame = next((one for one in extra if canonical(one.data) == canonical(wanted.data) and one.port == wanted.port), None)
            if frame is not None:
                missing.remove(wanted)
                extra.remove(frame)
                self.forwarded.add(self.indices[id(wanted.frame)])
                self.mismatch(f"{self.name(wanted.frame)}: out of order in its flow: {frame.port}.pcap frame {frame.number}, "
                              f"{describe(frame.data)}")
        for wanted in [one for one in missing if one.required]:
            frame = most_similar(wanted.data, extra)
            if frame is None:
                self.mismatch(f"{self.name(wanted.frame)}: was to be forwarded and did not leave: {describe(wanted.data)}",
                              f"    input    {wanted.frame['input'][:160]}", f"    expected {wanted.data.hex()[:160]}")
                continue
            extra.remove(frame)
            self.forwarded.add(self.indices[id(wanted.frame)])
            reason = f"by {frame.port}, not by {wanted.port}" if frame.port != wanted.port else reason_of(wanted.data, frame.data)
            self.mismatch(f"{self.name(wanted.frame)}: sent otherwise than expected ({reason}), {frame.port}.pcap frame {frame.number}",
                          *difference(wanted.data, frame.data))
        for frame in extra:
            self.mismatch(f"{frame.port}.pcap frame {frame.number}: nothing that came in explains it: {describe(frame.data)}",
                          f"    {frame.data.hex()[:160]}")

    def compare_generated(self, frames: list[Sent]) -> None:
        waiting = defaultdict(list)
        for frame in self.prediction["frames"]:
            for reply in frame.get("replies", []):
                if reply["outcome"] == "out":
                    waiting[reply_key(reply)].append((frame, reply))
        for sent in frames:
            self.match_reply(sent, waiting[candidate_key(sent.data)])
        for frame, reply in (pair for pairs in waiting.values() for pair in pairs):
            if reply["certain"]:
                self.mismatch(f"{self.name(frame)}: {reply['kind']} {reply['icmp'] or ''} to {reply['destination']} "
                              "was to be made and is not there")

    def match_reply(self, sent: Sent, candidates: list) -> None:
        ports, best = self.prediction["ports"], None
        for frame, reply in candidates:
            for way in reply["ways"]:
                faults = [f"sent by {sent.port}, not by {way[0]}"]
                if ports[way[0]]["physical"] == sent.port:
                    faults = faults_of(sent.data, reply, way, ports)
                if self.timestamps and sent.time != frame["clock"] and not faults:
                    faults = [f"left at {sent.time} ns, but the clock of its breath is {frame['clock']}"]
                if not faults:
                    candidates.remove((frame, reply))
                    self.count["generated"] += 1
                    return
                if best is None or len(faults) < len(best[1]):
                    best = frame, faults
        if best is None:
            self.mismatch(f"{sent.port}.pcap frame {sent.number}: made here, but no input asks for it", f"    {sent.data.hex()[:160]}")
            return
        self.mismatch(f"{sent.port}.pcap frame {sent.number}: a reply (to {self.name(best[0])}, it seems) that is not right:",
                      *("    " + fault for fault in best[1]))

    def run(self, directory: str, replay: dict | None) -> None:
        sent = self.read_outputs(directory)
        own = set(self.prediction["own"])
        every = [frame for frames in sent.values() for frame in frames]
        generated = [frame for frame in every if is_generated(frame.data, own)]
        ours = {id(frame) for frame in generated}
        self.compare_forwarded(sent, [frame for frame in every if id(frame) not in ours])
        self.compare_generated(generated)
        if replay is not None:
            undelivered = sum(reply["outcome"] != "out" for frame in self.prediction["frames"] for reply in frame.get("replies", []))
            loose = sum(len(frame["outputs"]) for frame in self.prediction["frames"] if frame.get("loose"))
            made = len(generated) + self.made_by_cutting
            for fault in account_faults(self.prediction, replay, self.forwarded, {port: len(frames) for port, frames in sent.items()},
                                        (made, undelivered + loose)):
                self.mismatch("accounts: " + fault)
            for name in self.prediction["ports"]:
                self.check_sub_port(name, replay, every)

    def check_sub_port(self, name: str, replay: dict, every: list[Sent]) -> None:
        """A frame counts at the physical port and again at the sub-port: what left with its tags."""
        keys = self.prediction["ports"][name]
        if keys["physical"] == name or name not in replay.get("ports", {}):
            return
        tags = keys["tags"]
        left = sum(frame.port == keys["physical"] and untagged(frame.data)[0][:len(tags)] == tags for frame in every)
        if number_of(replay["ports"][name]["out"]) != left:
            self.mismatch(f"accounts: ports.{name}.out is {number_of(replay['ports'][name]['out'])}, but {left} frames left with its tags")


def main(text: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prediction", required=True)
    parser.add_argument("--out", required=True, metavar="DIR")
    parser.add_argument("--json", metavar="REPLAY.json")
    parser.add_argument("--no-timestamps", action="store_true")
    parser.add_argument("--most", type=int, default=20, help="mismatches to print")
    arguments = parser.parse_args(text)
    try:
        with open(arguments.prediction, encoding="utf-8") as file:
            prediction = json.load(file)
        replay = None
        if arguments.json:
            with open(arguments.json, encoding="utf-8") as file:
                replay = json.load(file)
    except (OSError, ValueError) as error:
        print(f"compare: {error}", file=sys.stderr)
        return 2
    comparison = Comparison(prediction, timestamps=not arguments.no_timestamps)
    comparison.run(arguments.out, replay)
    for mismatch in comparison.mismatches[:arguments.most]:
        print(mismatch)
    if len(comparison.mismatches) > arguments.most:
        print(f"... and {len(comparison.mismatches) - arguments.most} more")
    print(f"compared {len(prediction['frames'])} frames in: {comparison.count['forwarded']} forwarded and "
          f"{comparison.count['generated']} generated frames are right, {comparison.count['unchecked']} unchecked, "
          f"{len(comparison.mismatches)} mismatches")
    return 1 if comparison.mismatches else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
