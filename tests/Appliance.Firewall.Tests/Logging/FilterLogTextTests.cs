using Appliance.Testing;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Firewall.Tests.Logging;

/// <summary>
/// Lines of filterlog: those that OPNsense and pfSense boxes wrote (the samples of the parsers of Elastic), made again from packets, and
/// those that opnsense/filterlog's description.txt describes.
/// </summary>
public sealed class FilterLogTextTests
{
    private static readonly byte[] SynOptions =
        [2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7];
    private static readonly byte[] PaddedOptions =
        [2, 4, 5, 180, 1, 3, 3, 7, 4, 2, 1, 1, 1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0];

    [Fact]
    public void A_SYN_with_options() => Assert.Equal(
        "146,,,1535324496,igb1.12,match,block,in,4,0x0,,63,12617,0,DF,6,tcp,60,10.170.12.50,175.16.199.1,49724,853,0,S,1891286705,,64240,,"
            + "mss;sackOK;TS;nop;wscale",
        FilterLogText.Of(Logged.Of(
            TestFrames.Ipv4("10.170.12.50", "175.16.199.1", TestTransport.Tcp(Syn(49724, 853, 1_891_286_705, 64240), [], SynOptions),
                ip => ip with { TimeToLive = 63, Identification = 12617, DontFragment = true }),
            "1535324496", 146)));

    [Fact]
    public void Every_option_is_named_in_its_place() => Assert.Equal(
        "118,,,1534283903,igb1.12,match,pass,in,4,0x0,,64,58337,0,DF,6,tcp,64,10.170.12.21,127.0.0.1,62132,53,0,S,3671644853,,32768,,"
            + "mss;nop;wscale;sackOK;nop;nop;nop;nop;TS",
        FilterLogText.Of(Logged.Of(
            TestFrames.Ipv4("10.170.12.21", "127.0.0.1", TestTransport.Tcp(Syn(62132, 53, 3_671_644_853, 32768), [], PaddedOptions),
                ip => ip with { Identification = 58337, DontFragment = true }),
            "1534283903", 118) with { Action = LogAction.Pass }));

    [Fact]
    public void A_datagram_of_UDP() => Assert.Equal(
        "176,,,1520797901,igb1.27,match,pass,in,4,0xb8,,64,58355,0,none,17,udp,76,10.170.27.27,175.16.199.1,123,123,56",
        FilterLogText.Of(Logged.Of(
            TestFrames.Ipv4("10.170.27.27", "175.16.199.1", TestTransport.Udp(123, 123, 48),
                ip => ip with { DifferentiatedServices = 0xb8, Identification = 58355 }),
            "1520797901", 176, "igb1.27") with { Action = LogAction.Pass }));

    /// <summary>As the samples, but for the protocol's name, which is FreeBSD's since 2022: small letters in IPv6 too.</summary>
    [Fact]
    public void A_datagram_of_UDP_in_IPv6() => Assert.Equal(
        "6,,,1000000105,igb1.27,match,block,in,6,0x00,0xf6279,1,udp,17,32,fe80::208:9bff:fef3:652b,ff02::1:2,546,547,32",
        FilterLogText.Of(Logged.Of(
            TestFrames.Ipv6("fe80::208:9bff:fef3:652b", "ff02::1:2", TestTransport.Udp(546, 547, 24),
                ip => ip with { FlowLabel = 0xf6279, HopLimit = 1 }),
            "1000000105", 6, "igb1.27")));

    [Fact]
    public void Data_acknowledgment_and_urgency()
    {
        var fields = new TcpFields
        {
            SourcePort = 1, DestinationPort = 2, SequenceNumber = 100, AcknowledgmentNumber = 200, Window = 300, UrgentPointer = 4,
            Flags = TcpFlags.Psh | TcpFlags.Ack | TcpFlags.Urg | TcpFlags.Ece | TcpFlags.Cwr | TcpFlags.Fin,
        };
        byte[] frame = TestFrames.Ipv4("10.0.0.1", "10.0.0.2", TestTransport.Tcp(fields, new byte[10]), ip => ip with
        {
            DifferentiatedServices = 3,
        });
        Assert.EndsWith(",4,0x3,CE,64,0,0,none,6,tcp,50,10.0.0.1,10.0.0.2,1,2,10,FPAUEC,100:110,200,300,4,",
            FilterLogText.Of(Logged.Of(frame)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8, 0, 0x04d2_0001u, "datalength=64,echoreq,0,1234,1,")]
    [InlineData(0, 0, 0x04d2_0002u, "datalength=64,echorep,0,1234,2,")]
    [InlineData(13, 0, 0x04d2_0003u, "datalength=64,timereq,0,1234,3,")]
    [InlineData(3, 4, 1400u, "datalength=64,unreach,needfrag,,,1400")]
    [InlineData(3, 3, 0u, "datalength=64,unreach,port-unr,,,")]
    [InlineData(11, 0, 0u, "datalength=64,timex,transit,,,")]
    [InlineData(99, 5, 0u, "datalength=64,unknown(99),5,,,")]
    public void Messages_of_ICMP(byte type, byte code, uint word, string expected) => Assert.EndsWith(
        ",4,0x0,,64,0,0,none,1,icmp,84,10.0.0.1,10.0.0.2," + expected,
        FilterLogText.Of(Logged.Of(TestFrames.Ipv4("10.0.0.1", "10.0.0.2", TestTransport.Icmp(type, code, word, new byte[56])))),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(128, 0, 0x04d2_0001u, "datalength=8,echoreq,0,1234,1,")]
    [InlineData(2, 0, 1280u, "datalength=8,toobig,0,,,1280")]
    [InlineData(135, 0, 0u, "datalength=8,neighbrsol,0,,,")]
    [InlineData(1, 1, 0u, "datalength=8,unreach,admin-unr,,,")]
    public void Messages_of_ICMPv6(byte type, byte code, uint word, string expected) => Assert.EndsWith(
        ",6,0x00,0x00000,64,ipv6-icmp,58,8,2001:db8::1,2001:db8::2," + expected,
        FilterLogText.Of(Logged.Of(TestFrames.Ipv6("2001:db8::1", "2001:db8::2", TestTransport.Icmpv6(type, code, word)))),
        StringComparison.Ordinal);

    [Fact]
    public void An_advertisement_of_CARP()
    {
        byte[] message = new byte[36];
        (message[0], message[1], message[2], message[5]) = (0x21, 17, 100, 1);      // version, type; vhid; advskew; advbase
        byte[] frame = TestFrames.Ipv4("203.0.113.2", "224.0.0.18", TestTransport.Raw(IpProtocol.Carp, message), ip => ip with
        {
            TimeToLive = 255, DifferentiatedServices = 0x10, DontFragment = true,
        });
        Assert.EndsWith(",4,0x10,,255,0,0,DF,112,carp,56,203.0.113.2,224.0.0.18,advertise,255,17,2,100,1",
            FilterLogText.Of(Logged.Of(frame)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_fragment_ends_with_its_addresses()
    {
        byte[] frame = TestFrames.Ipv4("10.0.0.1", "10.0.0.2", TestTransport.Raw(IpProtocol.Udp, new byte[16]), ip => ip with
        {
            FragmentOffsetBytes = 1480, MoreFragments = true, Identification = 5,
        });
        Assert.EndsWith(",4,0x0,,64,5,1480,+,17,udp,36,10.0.0.1,10.0.0.2,", FilterLogText.Of(Logged.Of(frame)), StringComparison.Ordinal);
    }

    [Fact]
    public void Protocols_that_nobody_looks_into_have_their_length() => Assert.EndsWith(
        ",47,gre,24,10.0.0.1,10.0.0.2,datalength=4",
        FilterLogText.Of(Logged.Of(TestFrames.Ipv4("10.0.0.1", "10.0.0.2", TestTransport.Raw(IpProtocol.Gre, new byte[4])))),
        StringComparison.Ordinal);

    [Fact]
    public void A_rule_in_an_anchor_has_both_numbers_and_no_rule_has_none()
    {
        LogEntry entry = Logged.Of(TestFrames.Ipv4("10.0.0.1", "10.0.0.2", TestTransport.Udp(1, 2)));
        LogEntry inAnchor = entry with { Rule = new RuleReference("a, b", 3, 1, "ftp", 0, 0, []), Direction = RuleDirection.Out };
        Assert.StartsWith("3,1,ftp,a; b,igb1.12,match,block,out,4,", FilterLogText.Of(inAnchor), StringComparison.Ordinal);
        LogEntry refused = entry with { Rule = null, Reason = LogReason.IpOption };
        Assert.StartsWith(",,,0,igb1.12,ip-option,block,in,4,", FilterLogText.Of(refused), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LogAction.Nat, "nat")]
    [InlineData(LogAction.Rdr, "rdr")]
    [InlineData(LogAction.Binat, "binat")]
    [InlineData(LogAction.Match, "unknown(12)")]
    public void Actions_have_filterlogs_words(LogAction action, string word) => Assert.StartsWith(
        $"7,,,web,igb1.12,match,{word},in,",
        FilterLogText.Of(Logged.Of(TestFrames.Ipv4("10.0.0.1", "10.0.0.2", TestTransport.Udp(1, 2))) with { Action = action }),
        StringComparison.Ordinal);

    [Fact]
    public void No_packet_however_short_or_wrong_is_too_much_for_it()
    {
        var random = new Random(11);
        foreach (IpProtocol protocol in (IpProtocol[])[IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Icmp, IpProtocol.Carp, IpProtocol.Gre])
        {
            for (int length = 0; length < 80; length++)
            {
                var bytes = new byte[length];
                random.NextBytes(bytes);
                LogEntry entry = Logged.Of(TestFrames.Ipv4("10.0.0.1", "10.0.0.2", TestTransport.Raw(protocol, bytes)));
                Assert.DoesNotContain('\n', FilterLogText.Of(entry));
                using var _ = System.Text.Json.JsonDocument.Parse(LogJson.Of(entry));
            }
        }
    }

    private static TcpFields Syn(ushort from, ushort to, uint sequence, ushort window) => new()
    {
        SourcePort = from, DestinationPort = to, SequenceNumber = sequence, Window = window, Flags = TcpFlags.Syn,
    };
}
