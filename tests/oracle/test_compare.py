#!/usr/bin/python3
"""compare.py against a product that does all as foretold, and against the same product with one thing wrong at a time."""
import copy
import glob
import io
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from contextlib import redirect_stdout

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import yaml
from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.l2 import ARP, Ether

import compare_linux
import oracle
from captures import Record, read_capture
from compare import Comparison
from configuration import Configuration, read_configuration
from rendering import accounts, render, write_outputs
from test_oracle import CONFIGURATION, HOST, LAN_MAC, WAN_MAC

DEMO = os.path.join(HERE, "..", "..", "configs", "demo")
SHARED = os.path.join(HERE, "..", "..", "..", "shared", "pcaps")


def foretell(configuration: Configuration, inputs: list) -> dict:
    return oracle.prediction_json("", configuration, oracle.predict(configuration, inputs), [])


def small_network() -> Configuration:
    return Configuration(yaml.load(CONFIGURATION, Loader=yaml.BaseLoader))


def records_of(frames: list[bytes]) -> list[Record]:
    return [Record(i * 1_000_000, 1, frame, len(frame)) for i, frame in enumerate(frames)]


def demo_prediction() -> dict:
    inputs = [(port, read_capture(os.path.join(DEMO, port + ".pcap")).records) for port in ("lan", "wan")]
    return foretell(read_configuration(os.path.join(DEMO, "router", "router.yaml")), inputs)


def mismatches(prediction: dict, sent: dict, replay: dict | None = None) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        write_outputs(folder, sent)
        comparison = Comparison(prediction)
        comparison.run(folder, replay or accounts(prediction))
        return comparison.mismatches


class Faults(unittest.TestCase):
    """Four datagrams of one flow, one that has too few hops, one to cut, one echo and one ARP request to the router."""

    def setUp(self) -> None:
        packets = [IP(src="192.168.1.10", dst="203.0.113.80", id=i) / UDP(sport=7, dport=9) / b"payload" for i in range(4)]
        packets += [IP(src="192.168.1.10", dst="203.0.113.80", ttl=1) / UDP(sport=7, dport=9),
                    IP(src="192.168.1.10", dst="192.168.20.9", id=9) / UDP() / bytes(2000),
                    IP(src="192.168.1.10", dst="192.168.1.1") / ICMP(id=1, seq=2) / b"echo",
                    ARP(hwsrc=HOST, psrc="192.168.1.10", pdst="192.168.1.1")]
        frames = [bytes(Ether(src=HOST, dst=LAN_MAC) / packet) for packet in packets]
        self.prediction = foretell(small_network(), [("lan", records_of(frames))])
        self.sent = render(self.prediction)
        self.replay = accounts(self.prediction)

    def edit(self, port: str, number: int, change) -> None:
        time, data = self.sent[port][number]
        self.sent[port][number] = time, change(data)

    def assert_found(self, *words: str) -> None:
        found = mismatches(self.prediction, self.sent, self.replay)
        self.assertTrue(any(all(word in one for word in words) for one in found), found)

    def test_all_right_is_no_mismatch(self):
        self.assertEqual({port: len(frames) for port, frames in self.sent.items()}, {"lan": 5, "wan": 4, "bare": 0})
        self.assertEqual(mismatches(self.prediction, self.sent, self.replay), [])

    def test_a_wrong_field_is_named(self):
        last = len(self.sent["wan"][2][1]) - 1
        fields = [(0, "destination MAC"), (6, "source MAC"), (14 + 8, "hop limit"), (14 + 10, "header checksum"), (last, "payload")]
        for start, word in fields:
            with self.subTest(word=word):
                self.setUp()
                self.edit("wan", 2, lambda data: data[:start] + bytes([data[start] ^ 1]) + data[start + 1:])
                self.assert_found("lan:3", word, "expected", "actual")

    def test_padding_is_named(self):
        self.edit("wan", 1, lambda data: data + bytes(11))
        self.assert_found("lan:2", "cut")

    def test_a_frame_that_did_not_leave_and_one_too_many(self):
        lost = self.sent["wan"].pop(1)
        self.assert_found("lan:2", "did not leave")
        self.sent["wan"] += [lost, lost]
        self.assert_found("nothing that came in explains it")

    def test_a_flow_out_of_order(self):
        first, second = self.sent["wan"][1], self.sent["wan"][2]
        self.sent["wan"][1:3] = [(first[0], second[1]), (second[0], first[1])]
        self.assert_found("out of order")

    def test_a_wrong_port(self):
        self.sent["bare"].append(self.sent["wan"].pop())
        self.assert_found("lan:4", "by bare, not by wan")

    def test_a_wrong_time(self):
        self.sent["wan"][0] = self.sent["wan"][0][0] + 1, self.sent["wan"][0][1]
        self.assert_found("lan:1", "clock")

    def test_a_missing_fragment(self):
        index = next(i for i, (_, data) in enumerate(self.sent["lan"]) if data[12:14] == b"\x81\0")
        self.sent["lan"].pop(index)
        self.assert_found("lan:6", "did not leave")

    def test_wrong_replies(self):
        kinds = {"error": lambda data: data[34:35] == b"\x0b", "echo": lambda data: data[34:35] == b"\0",
                 "arp": lambda data: data[12:14] == b"\x08\x06"}
        for kind, chosen in kinds.items():
            for position in (3, 9, 14 + 16, -1):
                with self.subTest(kind=kind, position=position):
                    self.setUp()
                    index = next(i for i, (_, data) in enumerate(self.sent["lan"]) if chosen(data))
                    changed = bytearray(self.sent["lan"][index][1])
                    changed[position] ^= 4
                    self.sent["lan"][index] = self.sent["lan"][index][0], bytes(changed)
                    self.assertNotEqual(mismatches(self.prediction, self.sent, self.replay), [])

    def test_missing_and_invented_replies(self):
        index = next(i for i, (_, data) in enumerate(self.sent["lan"]) if data[12:14] == b"\x08\x06")
        reply = self.sent["lan"].pop(index)
        self.assert_found("lan:8", "arp-reply", "is not there")
        self.sent["lan"] += [reply, reply]
        self.assert_found("no input asks for it")

    def test_accounts(self):
        for change, words in [
            (lambda replay: replay["frames"].update(generated=3), ["in + generated"]),
            (lambda replay: replay["drops"].update({"hop-limit": 2}), ["sum up"]),
            (lambda replay: replay.update(drops={"no-route": 1}), ["no-route 1 (expected 0)"]),
            (lambda replay: replay["ports"]["lan"].update({"in": 9}), ["ports.lan.in"]),
            (lambda replay: replay["ports"]["lan.20"].update({"out": 9}), ["ports.lan.20.out"]),
            (lambda replay: replay["frames"].update(consumed=3, dropped=0), ["drops"]),
            (lambda replay: replay["vcpus"][0].update(frames=1), ["vCPU"])]:
            with self.subTest(words=words):
                self.replay = accounts(self.prediction)
                change(self.replay)
                self.assert_found("accounts", *words)

    def test_either_of_two_right_reasons_is_accepted_but_not_a_third(self):
        frame = bytes(Ether(src=HOST, dst="01:00:5e:00:00:01") / IP(src="127.0.0.1", dst="224.0.0.1") / UDP())
        self.prediction = foretell(small_network(), [("lan", records_of([frame, frame]))])
        for drops, right in [({"martian": 2}, True), ({"martian": 1, "multicast": 1}, True), ({"martian": 1, "land": 1}, False)]:
            with self.subTest(drops=drops):
                replay = accounts(self.prediction) | {"drops": drops}
                self.assertEqual(mismatches(self.prediction, render(self.prediction), replay) == [], right)

    def test_one_flow_keeps_to_one_next_hop(self):
        frames = [bytes(Ether(src=HOST, dst=WAN_MAC) / IP(src="203.0.113.80", dst="10.1.1.1", id=i) / UDP()) for i in range(2)]
        self.prediction = foretell(small_network(), [("wan", records_of(frames))])
        ways = [[bytes.fromhex(data) for _, data in frame["outputs"][0]] for frame in self.prediction["frames"]]
        for sent, right in [({"lan": [ways[0][0], ways[1][0]], "wan": []}, True), ({"lan": [], "wan": [ways[0][1], ways[1][1]]}, True),
                            ({"lan": [ways[0][0]], "wan": [ways[1][1]]}, False)]:
            clocks = {data: frame["clock"] for way, frame in zip(ways, self.prediction["frames"]) for data in way}
            sent = {port: [(clocks[data], data) for data in frames] for port, frames in (sent | {"bare": []}).items()}
            replay = copy.deepcopy(accounts(self.prediction))
            for port in ("lan", "wan"):
                replay["ports"][port]["out"] = len(sent[port])
            self.assertEqual(mismatches(self.prediction, sent, replay) == [], right)


class Demo(unittest.TestCase):
    def test_the_demo_is_foretold_and_its_expectations_are_the_oracles(self):
        prediction = demo_prediction()
        with open(os.path.join(DEMO, "router", "test.yaml"), encoding="utf-8") as file:
            expectations = yaml.safe_load(file)
        self.assertEqual(expectations["counters"], prediction["counters"])
        self.assertEqual(mismatches(prediction, render(prediction)), [])

    def test_the_oracle_agrees_with_the_linux_kernel(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "prediction.json")
            inputs = [item for port in ("lan", "wan") for item in ("--in", f"{port}={os.path.join(DEMO, port + '.pcap')}")]
            oracle.main(["--config", os.path.join(DEMO, "router", "router.yaml"), *inputs, "--predict", path])
            printed = io.StringIO()
            with redirect_stdout(printed):
                self.assertEqual(compare_linux.main(["--prediction", path, "--linux", os.path.join(DEMO, "linux")]), 0, printed.getvalue())

    def test_every_frame_of_the_demo_is_complete_and_at_most_1500_bytes_of_datagram(self):
        for port in ("lan", "wan"):
            for record in read_capture(os.path.join(DEMO, port + ".pcap")).records:
                self.assertEqual(len(record.data), record.original)
                self.assertLessEqual(record.original, 1518)


@unittest.skipUnless(os.path.isdir(SHARED), "the shared captures (../shared/pcaps beside the repository) are not here")
class SharedCaptures(unittest.TestCase):
    def test_every_capture_is_judged_and_its_accounts_close(self):
        frames = 0
        for path in sorted(glob.glob(os.path.join(SHARED, "*", "*.pcap*"))):
            with self.subTest(path=os.path.relpath(path, SHARED)):
                capture = read_capture(path)
                prediction = foretell(read_configuration(os.path.join(HERE, "captures.yaml")), [("lan", capture.records)])
                counters = prediction["counters"]
                self.assertIsNone(capture.error)
                self.assertEqual(counters["frames.in"] + counters["frames.generated"],
                                 counters["frames.out"] + counters["frames.dropped"] + counters["frames.consumed"])
                self.assertEqual(mismatches(prediction, render(prediction)), [])
                frames += len(capture.records)
        self.assertEqual(frames, 4537)

    @unittest.skipUnless(os.geteuid() == 0, "needs root: network namespaces")
    @unittest.skipUnless(all(map(shutil.which, ("ip", "ethtool", "tcpdump"))), "needs iproute2, ethtool and tcpdump")
    def test_the_oracle_agrees_with_the_linux_kernel_on_every_capture(self):
        with tempfile.TemporaryDirectory() as folder:
            sent, prediction = os.path.join(folder, "sent.pcap"), os.path.join(folder, "prediction.json")
            captures = sorted(glob.glob(os.path.join(SHARED, "*", "*.pcap*")))
            sender = [sys.executable, os.path.join(HERE, "through_linux.py"), "--sent", sent, "--out", folder, *captures]
            subprocess.run(sender, check=True, timeout=180, stdout=subprocess.DEVNULL)
            oracle.main(["--config", os.path.join(HERE, "captures.yaml"), "--in", f"lan={sent}", "--predict", prediction])
            printed = io.StringIO()
            with redirect_stdout(printed):
                self.assertEqual(compare_linux.main(["--prediction", prediction, "--linux", folder]), 0, printed.getvalue())


if __name__ == "__main__":
    unittest.main()
