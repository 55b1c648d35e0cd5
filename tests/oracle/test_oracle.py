#!/usr/bin/python3
"""The oracle on frames made by hand (with scapy): python3 -m unittest discover -s tests/oracle"""
import os
import struct
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import yaml
from scapy.layers.inet import ICMP, IP, TCP, UDP, IPOption, fragment
from scapy.layers.inet6 import (ICMPv6EchoRequest, ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6ND_RA, ICMPv6ND_RS, ICMPv6ND_Redirect,
                                ICMPv6NDOptSrcLLAddr, ICMPv6TimeExceeded, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrRouting)
from scapy.layers.l2 import ARP, Dot1AD, Dot1Q, Ether
from scapy.packet import Raw

import oracle
from captures import Record, read_capture, write_capture
from configuration import Configuration
from packets import flow_of
from routing import Router

CONFIGURATION = """
ports:
  lan: {addresses: [192.168.1.1/24, "2001:db8:10::1/64"]}
  wan: {addresses: [203.0.113.2/24, "2001:db8:1::2/64"]}
  lan.20: {parent: lan, vlan: 20, addresses: [192.168.20.1/24, "2001:db8:20::1/64"], mtu: 1400}
  lan.20.7: {parent: lan.20, vlan: 7, addresses: [192.168.27.1/24]}
  bare: {}
routes:
  - {to: 0.0.0.0/0, via: 203.0.113.1}
  - {to: 10.0.0.0/8, via: [192.168.1.2, 203.0.113.3]}
  - {to: 198.51.100.0/24, blackhole: true}
  - {to: 198.51.100.128/25, via: 192.168.1.9}
  - {to: "2001:db8:ff::/48", via: "2001:db8:1::1"}
neighbors:
  - {port: wan, address: 203.0.113.1, mac: "02:00:00:00:00:01"}
"""
HOST, LAN_MAC, WAN_MAC = "02:aa:aa:aa:aa:aa", "02:01:00:00:00:01", "02:01:00:00:00:02"


class OracleCase(unittest.TestCase):
    keys: dict = {}

    def setUp(self) -> None:
        document = yaml.load(CONFIGURATION, Loader=yaml.BaseLoader)
        for port, keys in self.keys.items():
            document["ports"][port].update(keys)
        self.router = Router(Configuration(document))

    def judge(self, packet, port: str = "lan", clock: int = 0, **record):
        data = bytes(packet)
        captured = data[:record.get("captured", len(data))]
        return self.router.judge(port, Record(clock, record.get("link_type", 1), captured, len(data)), clock)

    def ether(self, payload, **fields):
        return Ether(src=HOST, dst=LAN_MAC, **fields) / payload

    def outcome(self, payload, port: str = "lan", **fields) -> str:
        return self.judge(self.ether(payload, **fields), port).outcomes[0]

    def output(self, packet, port: str = "lan"):
        judgement = self.judge(packet, port)
        self.assertEqual(judgement.outcomes[0], "forward", judgement)
        self.assertEqual(len(judgement.outputs), 1)
        return judgement.outputs[0].candidates


class Forwarding(OracleCase):
    def test_only_ethernet_addresses_hop_limit_and_checksum_change(self):
        packet = self.ether(IP(src="192.168.1.10", dst="1.1.1.1", id=7, tos=0xB8, ttl=64) / UDP(sport=1, dport=2) / b"payload")
        [(port, data)] = self.output(packet)
        twin = IP(bytes(packet[IP]))
        twin.ttl, twin.chksum = 63, None
        self.assertEqual((port, data), ("wan", bytes(Ether(src=WAN_MAC, dst="02:00:00:00:00:01") / twin)))

    def test_a_bad_transport_checksum_is_forwarded_as_it_came(self):
        [(_, data)] = self.output(self.ether(IP(src="192.168.1.10", dst="1.1.1.1") / UDP(chksum=0x1234) / b"x"))
        self.assertEqual(Ether(data)[UDP].chksum, 0x1234)

    def test_bytes_after_the_datagram_are_cut(self):
        [(_, data)] = self.output(Ether(bytes(self.ether(IP(src="192.168.1.10", dst="1.1.1.1") / UDP() / b"x")) + bytes(17)))
        self.assertEqual(len(data), 14 + 20 + 8 + 1)

    def test_a_next_hop_without_neighbour_gets_a_made_up_address(self):
        [(port, data)] = self.output(self.ether(IP(src="192.168.1.10", dst="203.0.113.80") / UDP()))
        self.assertEqual((port, data[:6].hex(":")), ("wan", "02:00:cb:00:71:50"))

    def test_the_longest_prefix_wins(self):
        [(port, data)] = self.output(self.ether(IP(src="192.168.1.10", dst="198.51.100.200") / UDP()))
        self.assertEqual((port, data[:6].hex(":")), ("lan", "02:00:c0:a8:01:09"))

    def test_several_next_hops_are_candidates(self):
        self.assertEqual([port for port, _ in self.output(self.ether(IP(src="192.168.1.10", dst="10.1.2.3") / UDP()))], ["lan", "wan"])

    def test_ipv6_loses_one_hop_and_nothing_else(self):
        packet = self.ether(IPv6(src="2001:db8:10::5", dst="2001:db8:ff::80", hlim=9, tc=3, fl=77) / IPv6ExtHdrDestOpt() / UDP() / b"x")
        [(_, data)] = self.output(packet)
        twin = IPv6(bytes(packet[IPv6]))
        twin.hlim = 8
        self.assertEqual(data, bytes(Ether(src=WAN_MAC, dst="02:00:00:00:00:01") / twin))

    def test_discovery_between_two_other_hosts_is_a_datagram_like_any_other(self):
        host, far = "2001:db8:10::5", "2001:db8:ff::80"
        for kind in (ICMPv6ND_RS(), ICMPv6ND_RA(), ICMPv6ND_NS(tgt=far), ICMPv6ND_NA(tgt=far), ICMPv6ND_Redirect(tgt=far, dst=host)):
            with self.subTest(kind=kind.name):
                packet = self.ether(IPv6(src=host, dst=far, hlim=255) / kind)
                [(port, data)] = self.output(packet)
                twin = IPv6(bytes(packet[IPv6]))
                twin.hlim = 254
                self.assertEqual((port, data[14:]), ("wan", bytes(twin)))
        ask = ICMPv6ND_NS(tgt=far)
        for source, destination, expected in [
            (host, "2001:db8:1::2", "consume"), (host, "ff02::1:ff00:80", "consume"), ("fe80::5", far, "drop:link-local"),
            (host, "fe80::9", "drop:link-local"), ("::", far, "drop:martian")]:
            with self.subTest(source=source, destination=destination):
                self.assertEqual(self.outcome(IPv6(src=source, dst=destination, hlim=255) / ask), expected)

    def test_a_sub_port_is_fed_and_written_through_its_parent(self):
        datagram = IP(src="192.168.27.5", dst="192.168.20.9") / UDP()
        judgement = self.judge(Ether(src=HOST, dst=LAN_MAC) / Dot1Q(vlan=20, prio=5) / Dot1Q(vlan=7) / datagram)
        self.assertEqual(judgement.ports, ["lan", "lan.20", "lan.20.7"])
        [(port, data)] = judgement.outputs[0].candidates
        self.assertEqual((port, data[12:16].hex()), ("lan.20", "81000014"))

    def test_nested_tags_are_put_in_outermost_first(self):
        [(port, data)] = self.output(self.ether(IP(src="192.168.1.10", dst="192.168.27.5") / UDP()))
        self.assertEqual((port, data[12:22].hex()), ("lan.20.7", "81000014810000070800"))

    def test_a_provider_tag_counts_as_a_tag_and_vlan_0_as_none(self):
        datagram = IP(src="192.168.20.5", dst="1.1.1.1") / UDP()
        judgement = self.judge(Ether(src=HOST, dst=LAN_MAC) / Dot1AD(vlan=20) / Dot1Q(vlan=0, prio=7) / datagram)
        self.assertEqual((judgement.outcomes, judgement.ports), (["forward"], ["lan", "lan.20"]))


class Refusals(OracleCase):
    def ip(self, source: str = "192.168.1.10", destination: str = "1.1.1.1", **fields):
        return IP(src=source, dst=destination, **fields) / UDP()

    def test_reasons_of_ipv4_addresses(self):
        for source, destination, expected in [
            ("0.1.2.3", "1.1.1.1", "martian"), ("127.0.0.1", "1.1.1.1", "martian"), ("224.0.0.1", "1.1.1.1", "martian"),
            ("255.255.255.255", "1.1.1.1", "martian"),
            ("203.0.113.2", "1.1.1.1", "martian"), ("192.168.20.255", "1.1.1.1", "martian"), ("192.168.1.10", "0.0.0.1", "martian"),
            ("192.168.1.10", "127.0.0.1", "martian"), ("192.168.1.10", "241.0.0.1", "martian"),
            ("192.168.1.10", "255.255.255.255", "broadcast"),
            ("192.168.1.10", "203.0.113.255", "broadcast"), ("192.168.1.10", "224.0.0.18", "multicast"), ("1.1.1.1", "1.1.1.1", "land"),
            ("169.254.1.1", "1.1.1.1", "link-local"), ("192.168.1.10", "169.254.1.1", "link-local"),
            ("192.168.1.10", "198.51.100.1", "blackhole"),
            ("0.0.0.0", "255.255.255.255", "martian"), ("1.1.1.1", "203.0.113.2", "consume")]:
            with self.subTest(source=source, destination=destination):
                outcome = "drop:" + expected if expected != "consume" else expected
                self.assertEqual(self.outcome(self.ip(source, destination)), outcome)

    def test_reasons_of_ipv6_addresses(self):
        for source, destination, expected in [
            ("::", "2001:db8:ff::1", "martian"), ("::1", "2001:db8:ff::1", "martian"), ("ff02::1", "2001:db8:ff::1", "martian"),
            ("2001:db8:1::2", "2001:db8:ff::1", "martian"), ("::ffff:1.2.3.4", "2001:db8:ff::1", "martian"),
            ("fe80::1:ff:fe00:2", "2001:db8:ff::1", "martian"),
            ("2001:db8:10::5", "ff02::1", "multicast"), ("fe80::5", "2001:db8:ff::1", "link-local"),
            ("2001:db8:10::5", "fe80::9", "link-local"),
            ("2001:db8:10::5", "2001:db8:dead::1", "no-route"), ("2001:db8:5::5", "2001:db8:5::5", "land")]:
            with self.subTest(source=source, destination=destination):
                self.assertEqual(self.outcome(IPv6(src=source, dst=destination) / UDP()), "drop:" + expected)

    def test_layer_two(self):
        self.assertEqual(self.outcome(b"\0" * 46, type=0x88CC), "drop:ethertype")
        self.assertEqual(self.judge(b"\0" * 13).outcomes, ["drop:short"])
        self.assertEqual(self.judge(Ether(src=LAN_MAC, dst=HOST) / self.ip()).outcomes, ["drop:own-source"])
        self.assertEqual(self.judge(Ether(src=HOST, dst="ff:ff:ff:ff:ff:ff") / self.ip()).outcomes, ["drop:l2-group"])
        self.assertEqual(self.judge(Ether(src=HOST, dst=LAN_MAC) / Dot1Q(vlan=21) / self.ip()).outcomes, ["drop:vlan"])
        self.assertIn("drop:short", self.judge(bytes(Ether(src=HOST, dst=LAN_MAC) / Dot1Q(vlan=20))[:16]).outcomes)

    def test_ipv4_headers(self):
        whole = bytes(self.ip())
        for data, expected in [
            (whole[:19], "short"), (b"\x55" + whole[1:], "ip-header"), (b"\x44" + whole[1:], "ip-header"), (b"\x4f" + whole[1:], "short"),
            (whole[:10] + b"\1\1" + whole[12:], "bad-ip-checksum"), (bytes(self.ip(len=1000)), "short"),
            (bytes(self.ip(len=19)), "ip-header")]:
            with self.subTest(data=data.hex()):
                self.assertEqual(self.outcome(Raw(data), type=0x0800), "drop:" + expected)

    def test_ipv6_headers_and_their_chain(self):
        addresses = {"src": "2001:db8:10::5", "dst": "2001:db8:ff::1"}
        whole = bytes(IPv6(**addresses) / UDP())
        self.assertEqual(self.outcome(Raw(whole[:39]), type=0x86DD), "drop:short")
        self.assertEqual(self.outcome(Raw(b"\x50" + whole[1:]), type=0x86DD), "drop:ip-header")
        self.assertEqual(self.outcome(IPv6(plen=100, **addresses) / UDP()), "drop:short")
        self.assertEqual(self.outcome(IPv6(nh=60, **addresses) / Raw(b"\x11\x01" + bytes(6))), "drop:short")
        self.assertEqual(self.outcome(IPv6(nh=60, **addresses) / Raw(b"\x11")), "drop:short")
        self.assertEqual(self.outcome(IPv6(**addresses) / IPv6ExtHdrRouting(addresses=["2001:db8::9"]) / UDP()), "drop:source-route")
        self.assertEqual(self.outcome(IPv6(**addresses) / IPv6ExtHdrRouting(type=4, addresses=["2001:db8::9"]) / UDP()), "forward")

    def test_source_routes_are_refused_and_other_options_pass(self):
        loose = IP(src="192.168.1.10", dst="1.1.1.1", options=IPOption(b"\x83\x07\x04\x01\x02\x03\x04\x00")) / UDP()
        alert = IP(src="192.168.1.10", dst="1.1.1.1", options=IPOption(b"\x94\x04\x00\x00")) / UDP()
        self.assertEqual((self.outcome(loose), self.outcome(alert)), ("drop:source-route", "forward"))

    def test_several_defects_leave_several_outcomes(self):
        judgement = self.judge(Ether(src=HOST, dst="01:00:5e:00:00:01") / self.ip("127.0.0.1", "224.0.0.1"))
        self.assertEqual(judgement.outcomes, ["drop:martian", "drop:multicast"])

    def test_reverse_path(self):
        for mode, source, expected in [("loose", "198.51.100.1", "drop:spoof"), ("loose", "9.9.9.9", "forward"),
                                       ("strict", "9.9.9.9", "drop:spoof"), ("strict", "192.168.1.10", "forward")]:
            with self.subTest(mode=mode, source=source):
                self.keys = {"lan": {"rpf": mode}}
                self.setUp()
                self.assertEqual(self.outcome(self.ip(source)), expected)


class Records(OracleCase):
    packet = Ether(src=HOST, dst=LAN_MAC) / IP(src="192.168.1.10", dst="1.1.1.1") / UDP() / (b"x" * 100)

    def test_a_short_record_passes_only_with_its_whole_datagram(self):
        padded = bytes(self.packet) + bytes(20)
        self.assertEqual(self.judge(padded, captured=len(padded) - 20).outcomes, ["forward"])
        self.assertEqual(self.judge(padded, captured=len(padded) - 21).outcomes, ["drop:captured-short"])
        self.assertEqual(self.judge(self.ether(ARP()), captured=30).outcomes, ["drop:captured-short"])

    def test_a_record_is_as_long_as_what_it_holds_whatever_length_it_claims(self):
        claimed = bytes(self.packet) + bytes(262_144 - len(self.packet))
        self.assertEqual(self.judge(claimed, captured=len(self.packet)).outcomes, ["forward"])
        self.assertEqual(self.judge(claimed, captured=len(self.packet)).outputs, self.judge(self.packet).outputs)
        self.assertEqual(self.judge(claimed, captured=len(self.packet) - 1).outcomes, ["drop:captured-short"])
        self.assertEqual(self.judge(claimed, captured=65_550).outcomes, ["drop:frame-too-long"])

    def test_the_frame_limit_is_65549_and_its_tags(self):
        self.assertEqual(self.judge(bytes(self.packet) + bytes(65_549 - len(self.packet))).outcomes, ["forward"])
        self.assertEqual(self.judge(bytes(self.packet) + bytes(65_550 - len(self.packet))).outcomes, ["drop:frame-too-long"])
        tagged = bytes(Ether(src=HOST, dst=LAN_MAC) / Dot1Q(vlan=0) / self.packet[IP])
        self.assertEqual(self.judge(tagged + bytes(65_553 - len(tagged))).outcomes, ["forward"])

    def test_other_link_types_get_an_ethernet_header(self):
        datagram = bytes(self.packet[IP])
        wanted = self.judge(self.packet).outputs[0].candidates
        for link_type, header in [(12, b""), (14, b""), (101, b""), (228, b""), (0, b"\2\0\0\0"), (0, b"\0\0\0\2"), (108, b"\0\0\0\2"),
                                  (113, struct.pack("!HHH8sH", 0, 1, 6, b"\2\1\1\1\1\1", 0x0800)),
                                  (276, struct.pack("!HHIHBB8s", 0x0800, 0, 1, 1, 0, 6, b"\2\1\1\1\1\1"))]:
            with self.subTest(link_type=link_type):
                self.assertEqual(self.judge(header + datagram, link_type=link_type).outputs[0].candidates, wanted)
        self.assertEqual(self.judge(datagram, link_type=147).outcomes, ["drop:link-type"])


class Sizes(OracleCase):
    def test_fragments_are_what_scapy_makes_of_the_datagram(self):
        packet = IP(src="203.0.113.80", dst="192.168.20.9", id=99, ttl=64) / UDP() / (b"0123456789" * 300)
        outputs = self.judge(self.ether(packet), "wan").outputs
        twin = packet.copy()
        twin.ttl, twin.chksum = 63, None
        # scapy cuts at `fragsize` bytes of payload: 1400 - 20, in units of eight
        wanted = [bytes(piece) for piece in fragment(IP(bytes(twin)), fragsize=1376)]
        self.assertEqual([output.candidates[0][1][18:] for output in outputs], wanted)
        self.assertEqual(len(wanted), 3)

    def test_a_fragment_is_cut_again_where_it_stands(self):
        packet = IP(src="203.0.113.80", dst="192.168.20.9", flags="MF", frag=100, proto=17) / (b"x" * 1480)
        pieces = [IP(output.candidates[0][1][18:]) for output in self.judge(self.ether(packet), "wan").outputs]
        self.assertEqual([(int(piece.flags), piece.frag, piece.len) for piece in pieces], [(1, 100, 1396), (1, 272, 124)])

    def test_do_not_fragment_is_answered_with_the_mtu(self):
        judgement = self.judge(self.ether(IP(src="203.0.113.80", dst="192.168.20.9", flags="DF") / UDP() / bytes(1400)), "wan")
        [reply] = judgement.replies
        self.assertEqual((judgement.outcomes, reply.icmp, reply.value, len(reply.quote)), (["drop:mtu"], (3, 4), 1400, 548))
        self.assertEqual((str(reply.destination), [str(source) for source in reply.sources]), ("203.0.113.80", ["203.0.113.2"]))

    def test_ipv6_is_never_cut(self):
        [reply] = self.judge(self.ether(IPv6(src="2001:db8:1::9", dst="2001:db8:20::9") / UDP() / bytes(1400)), "wan").replies
        self.assertEqual((reply.icmp, reply.value, len(reply.quote)), ((2, 0), 1400, 1232))


class Replies(OracleCase):
    def test_hop_limits(self):
        for hops in (0, 1):
            judgement = self.judge(self.ether(IP(src="192.168.1.10", dst="1.1.1.1", ttl=hops) / UDP()))
            self.assertEqual((judgement.outcomes, judgement.replies[0].icmp), (["drop:hop-limit"], (11, 0)))
        self.assertEqual(self.outcome(IP(src="192.168.1.10", dst="1.1.1.1", ttl=2) / UDP()), "forward")
        self.assertEqual(self.outcome(IP(src="192.168.1.10", dst="203.0.113.2", ttl=1) / UDP()), "consume")

    def test_no_error_about_errors_and_later_fragments(self):
        error = IP(src="192.168.1.10", dst="1.1.1.1", ttl=1) / ICMP(type=3) / bytes(28)
        later = IP(src="192.168.1.10", dst="1.1.1.1", ttl=1, frag=10, proto=17) / bytes(28)
        first = IP(src="192.168.1.10", dst="1.1.1.1", ttl=1, flags="MF", proto=17) / bytes(32)
        error6 = IPv6(src="2001:db8:10::5", dst="2001:db8:ff::1", hlim=1) / IPv6ExtHdrDestOpt() / ICMPv6TimeExceeded() / bytes(40)
        later6 = IPv6(src="2001:db8:10::5", dst="2001:db8:ff::1", hlim=1) / IPv6ExtHdrFragment(offset=10, nh=17) / bytes(40)
        self.assertEqual([len(self.judge(self.ether(packet)).replies) for packet in (error, later, first, error6, later6)], [0, 0, 1, 0, 0])

    def test_errors_are_certain_for_a_burst_of_fifty(self):
        packet = self.ether(IP(src="192.168.1.10", dst="1.1.1.1", ttl=1) / UDP())
        certain = [self.judge(packet).replies[0].certain for _ in range(51)]
        self.assertEqual(certain, [True] * 50 + [False])

    def test_an_error_without_a_way_back_is_made_and_dropped(self):
        [reply] = self.judge(self.ether(IPv6(src="2001:db8:dead::1", dst="2001:db8:ff::1", hlim=1) / UDP())).replies
        self.assertEqual(reply.outcome, "drop:no-route")

    def test_a_port_without_addresses_answers_from_another(self):
        [reply] = self.judge(self.ether(IP(src="192.168.1.10", dst="1.1.1.1", ttl=1) / UDP()), "bare").replies
        self.assertEqual(str(reply.sources[0]), "192.168.1.1")

    def test_echo_to_an_own_address(self):
        [reply] = self.judge(self.ether(IP(src="192.168.1.10", dst="203.0.113.2") / ICMP(id=5, seq=6) / b"abc")).replies
        self.assertEqual((reply.kind, reply.exact, reply.ways[0][0]), ("echo-reply", b"\0\0\0\0\0\5\0\6abc", "lan"))
        [reply] = self.judge(self.ether(IPv6(src="fe80::5", dst="fe80::1:ff:fe00:1") / ICMPv6EchoRequest(id=5, seq=6))).replies
        self.assertEqual((reply.kind, reply.exact[:1], reply.ways[0][0]), ("echo-reply", b"\x81", "lan"))
        bad = IP(src="192.168.1.10", dst="203.0.113.2") / ICMP(chksum=1)
        self.assertEqual(self.judge(self.ether(bad)).replies, [])

    def test_arp_is_consumed_and_answered_for_own_addresses(self):
        request = ARP(hwsrc=HOST, psrc="192.168.1.10", pdst="192.168.1.1")
        judgement = self.judge(Ether(src=HOST, dst="ff:ff:ff:ff:ff:ff") / request)
        wanted = bytes(ARP(op=2, hwsrc=LAN_MAC, psrc="192.168.1.1", hwdst=HOST, pdst="192.168.1.10"))
        self.assertEqual((judgement.outcomes, judgement.replies[0].exact), (["consume"], wanted))
        other = self.judge(Ether(src=HOST, dst="ff:ff:ff:ff:ff:ff") / ARP(hwsrc=HOST, psrc="192.168.1.10", pdst="192.168.1.7"))
        self.assertEqual((other.outcomes, other.replies), (["consume"], []))

    def test_solicitations_are_answered(self):
        ask = IPv6(src="2001:db8:10::5", dst="ff02::1:ff00:1") / ICMPv6ND_NS(tgt="2001:db8:10::1") / ICMPv6NDOptSrcLLAddr(lladdr=HOST)
        judgement = self.judge(Ether(src=HOST, dst="33:33:ff:00:00:01") / ask)
        [reply] = judgement.replies
        self.assertEqual((judgement.outcomes, reply.kind, reply.certain), (["consume"], "advertisement", True))
        detect = IPv6(src="::", dst="ff02::1:ff00:1") / ICMPv6ND_NS(tgt="2001:db8:10::1")
        self.assertEqual(str(self.judge(Ether(src=HOST, dst="33:33:ff:00:00:01") / detect).replies[0].destination), "ff02::1")
        far = IPv6(src="2001:db8:10::5", dst="ff02::1:ff00:1", hlim=254) / ICMPv6ND_NS(tgt="2001:db8:10::1")
        self.assertEqual(self.judge(Ether(src=HOST, dst="33:33:ff:00:00:01") / far).outcomes, ["drop:multicast"])


class Clock(unittest.TestCase):
    def records(self, *times):
        return [Record(time, 1, bytes(60), 60) for time in times]

    def test_inputs_merge_by_time_and_the_clock_never_goes_back(self):
        arrivals = oracle.merge([("lan", self.records(10, 5, 30)), ("wan", self.records(10, 20, None))])
        self.assertEqual([(arrival.port, arrival.number, arrival.time) for arrival in arrivals],
                         [("lan", 1, 10), ("lan", 2, 10), ("wan", 1, 10), ("wan", 2, 20), ("wan", 3, 20), ("lan", 3, 30)])

    def test_a_breath_is_fifty_microseconds_from_its_first_frame_and_at_most_64_frames(self):
        arrivals = oracle.merge([("lan", self.records(0, 50_000, 50_001, 100_001, 100_002))])
        oracle.put_into_breaths(arrivals, 64, 50_000)
        self.assertEqual([arrival.clock for arrival in arrivals], [50_000, 50_000, 100_001, 100_001, 100_002])
        arrivals = oracle.merge([("lan", self.records(*range(70)))])
        oracle.put_into_breaths(arrivals, 64, 50_000)
        self.assertEqual([arrivals[0].clock, arrivals[63].clock, arrivals[64].clock], [63, 63, 69])


class Captures(unittest.TestCase):
    def test_what_is_written_is_read(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.pcap")
            write_capture(path, [(1_000_000_007, b"abc"), (2_000_000_000, b"")])
            capture = read_capture(path)
            self.assertEqual([(record.time, record.data, record.original) for record in capture.records],
                             [(1_000_000_007, b"abc", 3), (2_000_000_000, b"", 0)])
            with open(path, "r+b") as file:
                file.truncate(24 + 16 + 2)
            self.assertEqual((read_capture(path).records, read_capture(path).error), ([], "record is cut at byte 24"))

    def test_the_next_generation_has_interfaces_resolutions_and_frame_check_sequences(self):
        def block(kind: int, body: bytes) -> bytes:
            length = struct.pack("<I", len(body) + 12)
            return struct.pack("<I", kind) + length + body + length
        options = struct.pack("<HHB3xHHB3xHH", 9, 1, 9, 13, 1, 4, 0, 0)
        content = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(1, struct.pack("<HHI", 101, 0, 0)) + block(
            1, struct.pack("<HHI", 1, 0, 0) + options) + block(6, struct.pack("<IIIII", 1, 0, 77, 8, 8) + b"abcdFFFF") + block(
            6, struct.pack("<IIIII", 0, 0, 5, 4, 9) + b"abcd") + b"cut"
        with tempfile.NamedTemporaryFile() as file:
            file.write(content)
            file.flush()
            capture = read_capture(file.name)
        self.assertEqual(capture.records, [Record(77, 1, b"abcd", 4), Record(5000, 101, b"abcd", 9)])
        self.assertIn("cut", capture.error)


class Flows(unittest.TestCase):
    def test_a_flow_is_its_endpoints_and_its_fragments_are_another(self):
        def flow(payload):
            return flow_of(bytes(Ether(src=HOST, dst=LAN_MAC) / payload))
        base = IP(src="1.1.1.1", dst="2.2.2.2", id=3)
        self.assertEqual(flow(base / TCP(seq=1)), flow(base / TCP(seq=2)))
        self.assertNotEqual(flow(base / TCP(sport=1)), flow(base / TCP(sport=2)))
        self.assertEqual(flow(IP(src="1.1.1.1", dst="2.2.2.2", id=3, flags="MF", proto=17) / bytes(8)),
                         flow(IP(src="1.1.1.1", dst="2.2.2.2", id=3, frag=1, proto=17) / bytes(8)))


if __name__ == "__main__":
    unittest.main()
