using System.Text;
using Appliance.Testing;
using Xunit;
using static Appliance.Node.Tests.Firewall.NatTests;
using Flags = Appliance.Wire.Transport.TcpFlags;

namespace Appliance.Node.Tests.Firewall.Attacks;

/// <summary>
/// NAT slipstreaming: a page makes a browser send text that an application gateway takes for FTP, SIP, IRC or H.323, at a place where a
/// segment begins. There is no such gateway here, so whatever is said, wherever it is cut, nothing opens and nothing is rewritten.
/// </summary>
public sealed class SlipstreamTests
{
    private const string Wan = "203.0.113.2";
    private const ushort Announced = 3389;
    private const string Net = Boxes.Edge + Boxes.Ruleset + """
        nat on wan inet from 192.168.1.0/24 to any -> (wan)
        block in on wan
        pass out on wan
        pass on lan

        """;

    private static readonly Dictionary<string, (ushort Port, string Text)> Texts = new(StringComparer.Ordinal)
    {
        ["ftp PORT"] = (21, "USER a\r\nPORT 192,168,1,10,13,61\r\n"),
        ["ftp EPRT"] = (21, "EPRT |1|192.168.1.10|3389|\r\n"),
        ["ftp 227"] = (21, "227 Entering Passive Mode (192,168,1,10,13,61)\r\n"),
        ["ftp 229"] = (21, "229 Entering Extended Passive Mode (|||3389|)\r\n"),
        ["sip REGISTER"] = (
            5060, "REGISTER sip:x SIP/2.0\r\nVia: SIP/2.0/TCP 192.168.1.10:3389\r\nContact: <sip:a@192.168.1.10:3389>\r\n\r\n"),
        ["sip INVITE"] = (
            5060,
            "INVITE sip:x SIP/2.0\r\nContact: <sip:a@192.168.1.10:3389>\r\n\r\nc=IN IP4 192.168.1.10\r\nm=audio 3389 RTP/AVP 0\r\n"),
        ["irc DCC"] = (6667, "PRIVMSG x :\u0001DCC CHAT chat 3232235786 3389\u0001\r\n"),
        ["rtsp SETUP"] = (554, "SETUP rtsp://x/ RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP;unicast;client_port=3389-3390\r\n\r\n"),
        ["h.323 setup"] = (
            1720, "\u0003\0\0\u001a\u0008\u0002\0\u0001\u0005\u0004\u0003\u0080\u0090\u0007\u00c0\u00a8\u0001\u000a\u000d\u003d"),
        ["pptp call"] = (1723, "\0\u009c\0\u0001\u001a\u002b\u003c\u004d\0\u0007\0\0\u000d\u003d"),
        ["tftp read"] = (69, "\0\u0001file\0octet\0"),
    };

    public static TheoryData<string, int> All
    {
        get
        {
            var all = new TheoryData<string, int>();
            foreach (string name in Texts.Keys)
            {
                all.Add(name, 1);
                all.Add(name, 4);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_a_segment_says_opens_nothing_wherever_it_is_cut(string name, int vcpus)
    {
        (ushort service, string text) = Texts[name];
        byte[] request = Encoding.Latin1.GetBytes("POST / HTTP/1.1\r\nContent-Length: 99\r\n\r\n");
        byte[] said = [.. request, .. Encoding.Latin1.GetBytes(text)];
        using var box = new Box(Net, vcpus);
        ushort port = 2000;
        foreach (int cut in Enumerable.Range(request.Length - 1, text.Length))
        {
            ushort mapped = Open(box, ++port, service);
            long states = box.Node.ReadAccounts().StatesCreated;
            Assert.Equal(said[..cut], Say(box, port, service, 1001, said[..cut]));
            Assert.Equal(said[cut..], Say(box, port, service, 1001 + (uint)cut, said[cut..]));
            Assert.Equal(said, Hear(box, service, mapped, said));       // and if the server says it
            MustBeClosed(box, service, port, mapped);
            Assert.Equal(states, box.Node.ReadAccounts().StatesCreated);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Nor_does_what_a_datagram_says(string name, int vcpus)
    {
        (ushort service, string text) = Texts[name];
        byte[] said = Encoding.Latin1.GetBytes(text);
        using var box = new Box(Net, vcpus);
        for (ushort port = 2000; port < 2030; port++)
        {
            byte[] frame = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(port, service, said));
            byte[] left = box.Send("lan", frame).Forwarded("wan");
            Assert.Equal(said, left[42..]);
            var mapped = (ushort)Ends.Of(left).SourcePort;
            byte[] answer = TestFrames.Ipv4(Boxes.Outside, Wan, TestTransport.Udp(service, mapped, said));
            Assert.Equal(said, box.Send("wan", answer).Forwarded("lan")[42..]);
            MustBeClosed(box, service, port, mapped);
        }

        Assert.Equal(60, box.Node.ReadAccounts().StatesCreated);
    }

    /// <summary>
    /// Fragments cut so that the text begins where a fragment does: without its header in one piece a datagram has no flow, and what would
    /// carry an inner address outside does not leave.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Nor_what_fragments_say(int vcpus)
    {
        using var box = new Box(Net + "block out on wan\npass out on wan inet from (wan)\n", vcpus);
        foreach ((ushort service, string text) in Texts.Values)
        {
            byte[] said = Encoding.Latin1.GetBytes(text.PadRight(64));
            byte[] whole = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(2000, service, said));
            box.Send("lan", Fragment(whole, 0, 16, more: true)).MustBeDropped("block");
            box.Send("lan", Fragment(whole, 16, whole.Length - 34 - 16, more: false)).MustBeDropped("block");
            MustBeClosed(box, service, 2000, 2000);
        }
    }

    private static ushort Open(Box box, ushort port, ushort service)
    {
        byte[] syn = box.Send("lan", Tcp(Boxes.LanHost, port, Boxes.Outside, service, Flags.Syn, 1000)).Forwarded("wan");
        var mapped = (ushort)Ends.Of(syn).SourcePort;
        box.Send("wan", Tcp(Boxes.Outside, service, Wan, mapped, Flags.Syn | Flags.Ack, 9000, 1001)).Forwarded("lan");
        box.Send("lan", Tcp(Boxes.LanHost, port, Boxes.Outside, service, Flags.Ack, 1001, 9001)).Forwarded("wan");
        return mapped;
    }

    private static byte[] Say(Box box, ushort port, ushort service, uint sequence, byte[] text) =>
        box.Send("lan", Segment(Boxes.LanHost, port, Boxes.Outside, service, sequence, 9001, text)).Forwarded("wan")[54..];

    private static byte[] Hear(Box box, ushort service, ushort mapped, byte[] text) =>
        box.Send("wan", Segment(Boxes.Outside, service, Wan, mapped, 9001, 1001, text)).Forwarded("lan")[54..];

    private static byte[] Segment(string from, ushort port, string to, ushort toPort, uint sequence, uint acknowledgment, byte[] text) =>
        TestFrames.Ipv4(from, to, TestTransport.Tcp(
            new Wire.Transport.TcpFields
            {
                SourcePort = port, DestinationPort = toPort, SequenceNumber = sequence, AcknowledgmentNumber = acknowledgment,
                Flags = Flags.Ack | Flags.Psh, Window = 1000,
            },
            text));

    /// <summary>What was announced, from whom it was told and from others, by the outer and the inner address.</summary>
    private static void MustBeClosed(Box box, ushort service, ushort port, ushort mapped)
    {
        foreach (string from in (string[])[Boxes.Outside, "198.51.100.66"])
        {
            foreach (ushort source in (ushort[])[20, 4000, service])
            {
                foreach (ushort to in (ushort[])[Announced, Announced + 1, port])
                {
                    box.Send("wan", Tcp(from, source, Wan, to, Flags.Syn, 1)).MustBeDropped("block");
                    box.Send("wan", Udp(from, source, Wan, to)).MustBeDropped("block");
                }

                if (source == service && from == Boxes.Outside) continue;
                box.Send("wan", Udp(from, source, Wan, mapped)).MustBeDropped("block");
            }

            box.Send("wan", Tcp(from, 20, Boxes.LanHost, Announced, Flags.Syn, 1)).MustBeDropped("block");
        }
    }

    private static byte[] Fragment(byte[] frame, int offset, int length, bool more)
    {
        byte[] cut = [.. frame.AsSpan(0, 34), .. frame.AsSpan(34 + offset, length)];
        int total = 20 + length, field = (offset / 8) | (more ? 0x2000 : 0);
        cut = TestFrames.WithIpv4(cut, 2, (byte)(total >> 8), (byte)total);
        return TestFrames.WithIpv4(cut, 6, (byte)(field >> 8), (byte)field);
    }
}
