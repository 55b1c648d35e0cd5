using Appliance.Testing;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Node.Tests.Firewall.Attacks;

/// <summary>
/// All 256 protocols in both families, filtered, translated and found again; ICMPv6 in IPv4 (CVE-2009-0687: pf crashed on it) and ICMP in
/// IPv6 are nothing that is let through, as in pf_test. And TCP headers that say they are longer than their segment.
/// </summary>
public sealed class ProtocolConfusionTests
{
    private const string Wan = "203.0.113.2", WanV6 = "2001:db8:2::2";
    private const string Filter = "block all\npass in on lan flags any\npass out on wan flags any\n";
    private const string Nat = """
        nat on wan inet from 192.168.1.0/24 to any -> (wan)
        nat on wan inet6 from 2001:db8:1::/64 to any -> 2001:db8:2::2

        """ + Filter;

    /// <summary>As an echo, as an error and as what ports could be read from.</summary>
    private static readonly byte[][] Payloads =
    [
        [128, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22],
        [1, 3, 0xfe, 0xfc, 0, 0, 0, 0, 0x60, 0, 0, 0, 0, 8, 17, 64, 0x20, 1, 0xd, 0xb8, 0, 1, 0, 0],
        [0x13, 0x88, 0, 53, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x02, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ];

    [Theory]
    [InlineData(Filter, 1)]
    [InlineData(Filter, 4)]
    [InlineData(Nat, 1)]
    [InlineData(Nat, 4)]
    public void Every_protocol_of_IPv4_is_filtered_translated_and_found_again(string rules, int vcpus)
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + rules, vcpus);
        int passed = 0;
        for (int protocol = 0; protocol < 256; protocol++)
        {
            if (protocol is 1 or 6 or 17 or 58 or 132) continue;        // they have headers; ICMP, TCP, UDP, SCTP are tested by name
            foreach (byte[] payload in Payloads)
            {
                byte[] frame = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Raw((IpProtocol)protocol, payload));
                byte[] left = box.Send("lan", frame).Forwarded("wan");
                Assert.Equal(Unsummed(payload, protocol), Unsummed(left[34..], protocol));
                Assert.Equal(rules == Nat ? Wan : Boxes.LanHost, Ends.Of(left).Source);
                string answered = Ends.Of(left).Source;
                byte[] answer = TestFrames.Ipv4(Boxes.Outside, answered, TestTransport.Raw((IpProtocol)protocol, payload));
                byte[] back = box.Send("wan", answer).Forwarded("lan");
                Assert.Equal((Boxes.Outside, Boxes.LanHost), (Ends.Of(back).Source, Ends.Of(back).Destination));
                Assert.Equal(Unsummed(payload, protocol), Unsummed(back[34..], protocol));
                byte[] stranger = TestFrames.Ipv4("198.51.100.8", answered, TestTransport.Raw((IpProtocol)protocol, payload));
                box.Send("wan", stranger).MustBeDropped("block");
                passed++;
            }
        }

        Assert.Equal(251 * Payloads.Length, passed);
    }

    [Theory]
    [InlineData(Filter, 1)]
    [InlineData(Filter, 4)]
    [InlineData(Nat, 1)]
    [InlineData(Nat, 4)]
    public void Every_protocol_of_IPv6_is_filtered_translated_and_found_again(string rules, int vcpus)
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + rules, vcpus);
        int passed = 0;
        for (int protocol = 0; protocol < 256; protocol++)
        {
            if (protocol is 1 or 58 or 6 or 17 or 132 || IsExtension(protocol)) continue;
            foreach (byte[] payload in Payloads)
            {
                byte[] frame = TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Raw((IpProtocol)protocol, payload));
                byte[] left = box.Send("lan", frame).Forwarded("wan");
                Assert.Equal(Unsummed(payload, protocol), Unsummed(left[54..], protocol));
                string answered = Ends.Of(left).Source;
                Assert.Equal(rules == Nat ? WanV6 : Boxes.LanHostV6, answered);
                byte[] answer = TestFrames.Ipv6(Boxes.OutsideV6, answered, TestTransport.Raw((IpProtocol)protocol, payload));
                Assert.Equal(Boxes.LanHostV6, Ends.Of(box.Send("wan", answer).Forwarded("lan")).Destination);
                passed++;
            }
        }

        Assert.InRange(passed, 240 * Payloads.Length, 251 * Payloads.Length);
    }

    [Theory]
    [InlineData("pass all\n")]
    [InlineData("pass all no state\n")]
    [InlineData(Nat)]
    public void The_other_familys_protocol_of_messages_is_dropped_before_any_rule(string rules)
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + rules);
        foreach (byte[] payload in Payloads)
        {
            TestTransport six = TestTransport.Raw((IpProtocol)58, payload), four = TestTransport.Raw((IpProtocol)1, payload);
            box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, six)).MustBeDropped("block");
            box.Send("lan", TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, four)).MustBeDropped("block");
        }

        Assert.Equal(0, box.Node.ReadAccounts().StatesCreated);
    }

    /// <summary>Two hosts behind one address and a protocol without ports: one of them at a time, as in pf.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Of_what_has_no_ports_one_host_at_a_time_speaks_to_another(int vcpus)
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + Nat, vcpus);
        foreach (int protocol in (int[])[47, 50, 2, 4])
        {
            TestTransport payload = TestTransport.Raw((IpProtocol)protocol, Payloads[0]);
            box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, payload)).Forwarded("wan");
            box.Send("lan", TestFrames.Ipv4("192.168.1.66", Boxes.Outside, payload)).MustBeDropped("nat-exhausted");
            byte[] answer = TestFrames.Ipv4(Boxes.Outside, Wan, payload);
            Assert.Equal(Boxes.LanHost, Ends.Of(box.Send("wan", answer).Forwarded("lan")).Destination);
        }
    }

    /// <summary>An error of the wrong family's protocol is about no flow.</summary>
    [Fact]
    public void An_error_by_the_other_familys_protocol_is_none()
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + Filter);
        byte[] left = box.Send("lan", NatTests.Udp(Boxes.LanHost, 5000, Boxes.Outside, 53)).Forwarded("wan");
        byte[] quotation = [3, 1, 0, 0, 0, 0, 0, 0, .. left.AsSpan(14, 28)];
        TestTransport wrong = TestTransport.Raw((IpProtocol)58, quotation), right = TestTransport.Icmp(3, 1, 0, quotation[8..]);
        box.Send("wan", TestFrames.Ipv4("198.51.100.99", Boxes.LanHost, wrong)).MustBeDropped("block");
        box.Send("wan", TestFrames.Ipv4("198.51.100.99", Boxes.LanHost, right)).Forwarded("lan");
    }

    /// <summary>
    /// A data offset below the header or beyond the segment leaves nothing to reckon with; the payload's length would be negative.
    /// </summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(4, false)]
    [InlineData(1, true)]
    [InlineData(4, true)]
    public void A_data_offset_lies_within_the_segment_or_the_segment_goes_nowhere(int vcpus, bool v6)
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + Nat, vcpus);
        int good = 0, bad = 0;
        ushort port = 1;
        for (int words = 0; words < 16; words++)
        {
            for (int payload = 0; payload <= 40; payload++, port++)
            {
                bool isThere = words >= 5 && words * 4 <= 20 + payload;
                byte[] syn = Segment(port, words, TcpFlags.Syn, payload, v6);
                Seen seen = box.Send("lan", syn);
                if (!isThere)
                {
                    seen.MustBeDropped("short");
                    bad++;
                    continue;
                }

                seen.Forwarded("wan");
                for (int lie = 0; lie < 16; lie++)                      // the same on a connection that has a state
                {
                    if (lie >= 5 && lie * 4 <= 20) continue;
                    box.Send("lan", Segment(port, lie, TcpFlags.Ack, payload: 0, v6)).MustBeDropped("short");
                }

                good++;
            }
        }

        Assert.Equal((16 * 41, 41 + 37 + 33 + 29 + 25 + 21 + 17 + 13 + 9 + 5 + 1), (good + bad, good));
    }

    /// <summary>UDP-Lite has a checksum over the addresses, which translation has to change: it is no difference.</summary>
    private static byte[] Unsummed(byte[] payload, int protocol) => protocol == 136 ? TestFrames.With(payload, 6, 0, 0) : payload;

    private static bool IsExtension(int protocol) => protocol is 0 or 43 or 44 or 51 or 59 or 60 or 135 or 139 or 140 or 253 or 254;

    private static byte[] Segment(ushort port, int words, TcpFlags flags, int payload, bool v6)
    {
        var fields = new TcpFields { SourcePort = port, DestinationPort = 80, SequenceNumber = 1000, Flags = flags, Window = 1000 };
        TestTransport tcp = TestTransport.Tcp(fields, new byte[payload]);
        byte[] bytes = TestFrames.With(tcp.Bytes, 12, (byte)(words << 4));
        TestTransport lying = tcp with { Bytes = bytes };
        return v6
            ? TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, lying)
            : TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, lying);
    }
}
