using System.Buffers.Binary;
using Appliance.Testing;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Node.Tests.Firewall.Attacks;

/// <summary>
/// What no host sends, but scanners do, is dropped before any rule is asked, as pf does it (pf_setup_pdesc, pf_normalize_tcp).
/// </summary>
public sealed class ImpossiblePacketTests
{
    private const int UdpLengthAt = 38, UdpChecksumAt = 40;             // in a frame of IPv4 without options

    [Theory]
    [InlineData("pass all\n")]
    [InlineData("pass all no state\n")]
    [InlineData("pass all flags any\n")]
    public void Flags_that_contradict_each_other(string rules)
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + rules);
        TcpFlags[] impossible =
        [
            TcpFlags.None, TcpFlags.Fin, TcpFlags.Fin | TcpFlags.Psh | TcpFlags.Urg, TcpFlags.Syn | TcpFlags.Fin,
            TcpFlags.Syn | TcpFlags.Rst, TcpFlags.Syn | TcpFlags.Urg, TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Ack,
            TcpFlags.Ece | TcpFlags.Cwr,
        ];
        foreach (TcpFlags flags in impossible) box.Send("lan", Segment(flags)).MustBeDropped("block");
        Assert.Equal(0, box.Node.ReadAccounts().StatesCreated);
        box.Send("lan", Segment(TcpFlags.Syn | TcpFlags.Ece | TcpFlags.Cwr)).Forwarded("wan");
    }

    [Fact]
    public void Nor_are_they_the_business_of_a_box_without_rules()
    {
        using var box = new Box(Boxes.Edge);
        box.Send("lan", Segment(TcpFlags.None)).Forwarded("wan");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(29)]                                                    // one more than there are
    [InlineData(900)]
    public void Lengths_of_UDP_that_cannot_be(ushort length)
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + "pass all\n");
        box.Send("lan", Datagram(53)).Forwarded("wan");
        byte[] wrong = WithLength(Datagram(53), length);
        box.Send("lan", wrong).MustBeDropped("short");
        box.Send("lan", TestFrames.With(wrong, UdpChecksumAt, 0, 0)).MustBeDropped("short");
        box.Send("lan", Datagram(53)).Forwarded("wan");
    }

    [Fact]
    public void Port_0_of_UDP_and_of_SCTP()
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + "pass all\n");
        box.Send("lan", Datagram(0)).MustBeDropped("short");
        byte[] init = [1, 0, 0, 20, 0, 0, 0, 7, 0, 0, 0x20, 0, 0, 1, 0, 1, 0, 0, 0, 1];
        box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Sctp(5000, 0, init))).MustBeDropped("short");
        box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Sctp(0, 5000, init))).MustBeDropped("short");
        Assert.Equal(0, box.Node.ReadAccounts().StatesCreated);
    }

    /// <summary>It has a meaning (RFC 9868), and the checksum is of what stands before it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Bytes_behind_the_length_of_UDP_are_no_fault(int vcpus)
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + "nat on wan inet from (lan:network) to any -> (wan)\npass all\n", vcpus);
        byte[] datagram = Datagram(53), longer = TestFrames.WithIpv4([.. datagram, 1, 2, 3, 4], 2, 0, (byte)(datagram.Length - 14 + 4));
        for (int i = 0; i < 3; i++)                                     // by rules, by a state, by the short way that leads past both
        {
            byte[] left = box.Send("lan", longer).Forwarded("wan");
            Span<byte> udp = left.AsSpan(34, datagram.Length - 34);
            Assert.Equal(0xffff, PlainChecksum.Sum(udp, PlainChecksum.PseudoHeader(left.AsSpan(26, 8), 17, udp.Length)));
            box.Send("lan", datagram).Forwarded("wan");
        }

        box.Send("lan", TestFrames.With(longer, UdpChecksumAt, 0x12, 0x34)).MustBeDropped("bad-l4-checksum");
    }

    private static byte[] Segment(TcpFlags flags) => TestFrames.Ipv4(
        Boxes.LanHost, Boxes.Outside,
        TestTransport.Tcp(new TcpFields { SourcePort = 40_000, DestinationPort = 443, SequenceNumber = 1, Flags = flags, Window = 9 }, []));

    private static byte[] Datagram(ushort port) =>
        TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(5000, port, 20));

    private static byte[] WithLength(byte[] frame, ushort length)
    {
        byte[] changed = [.. frame];
        BinaryPrimitives.WriteUInt16BigEndian(changed.AsSpan(UdpLengthAt), length);
        return changed;
    }
}
