using Appliance.Wire.Pcap;
using Xunit;
using static Appliance.Wire.Tests.Pcap.FramingCases;

namespace Appliance.Wire.Tests.Pcap;

public sealed class LinkLayerFramingTests
{
    private const string Macs = "0200000000010200000000020800";
    private const string NoSource = "020000000000";
    private const string JumboHeader = "6000000000000040" + "20010DB8000000000000000000000001" + "20010DB8000000000000000000000002";
    private const string Sender = "00112233AABB";

    [Theory]
    [InlineData(Macs + Ipv4)]
    [InlineData("FFFFFFFFFFFF0200000000020806AABB")]
    [InlineData("FFFFFFFFFFFF020000000002")]                          // a runt: the parser of frames says what is wrong with it
    [InlineData("")]
    public void An_Ethernet_record_is_the_frame(string hex) => Assert.Equal((FramingOutcome.Framed, hex), Frame(1, hex));

    [Theory]
    [InlineData(12, Ipv4, "0800")]
    [InlineData(14, Ipv4, "0800")]
    [InlineData(101, Ipv4, "0800")]
    [InlineData(228, Ipv4, "0800")]
    [InlineData(12, Ipv6, "86DD")]
    [InlineData(14, Ipv6, "86DD")]
    [InlineData(101, Ipv6, "86DD")]
    [InlineData(229, Ipv6, "86DD")]
    [InlineData(228, Ipv6, "0800")]                                   // the link type says what it is, the parser that it is not
    [InlineData(101, "F0", "0800")]
    [InlineData(101, "", "0800")]
    public void A_raw_datagram_gets_a_header_for_the_port(int linkType, string datagram, string etherType) =>
        Assert.Equal((FramingOutcome.Framed, PortText + NoSource + etherType + datagram), Frame(linkType, datagram));

    [Theory]
    [InlineData(0, "02000000", Ipv4, "0800")]
    [InlineData(0, "00000002", Ipv4, "0800")]
    [InlineData(108, "00000002", Ipv4, "0800")]
    [InlineData(108, "02000000", Ipv4, "0800")]
    [InlineData(0, "0A000000", Ipv6, "86DD")]
    [InlineData(0, "18000000", Ipv6, "86DD")]
    [InlineData(0, "1C000000", Ipv6, "86DD")]
    [InlineData(0, "1E000000", Ipv6, "86DD")]
    [InlineData(108, "00000018", Ipv6, "86DD")]
    [InlineData(0, "0000001E", Ipv6, "86DD")]
    public void A_loopback_record_is_read_in_either_byte_order(int linkType, string family, string datagram, string etherType) =>
        Assert.Equal((FramingOutcome.Framed, PortText + NoSource + etherType + datagram), Frame(linkType, family + datagram));

    [Theory]
    [InlineData("0000", "0001", "0006", PortText, Sender)]            // to us
    [InlineData("0003", "0001", "0006", PortText, Sender)]            // to another host
    [InlineData("0004", "0001", "0006", PortText, Sender)]            // sent by the capturing host
    [InlineData("0001", "0001", "0006", "FFFFFFFFFFFF", Sender)]
    [InlineData("0002", "0001", "0006", "FFFFFFFFFFFF", Sender)]      // a group that the datagram does not name
    [InlineData("0000", "0001", "0004", PortText, NoSource)]          // an address that is not Ethernet's
    [InlineData("0000", "0304", "0006", PortText, NoSource)]          // loopback
    public void A_cooked_record_keeps_what_its_header_knows(string type, string arphrd, string addressLength, string to, string from)
    {
        string expected = to + from + "0800" + Ipv4;
        Assert.Equal((FramingOutcome.Framed, expected), Frame(113, type + arphrd + addressLength + Sender + "0000" + "0800" + Ipv4));
        string cooked2 = "0800" + "0000" + "00000003" + arphrd + type[2..] + addressLength[2..] + Sender + "0000" + Ipv4;
        Assert.Equal((FramingOutcome.Framed, expected), Frame(276, cooked2));
    }

    [Fact]
    public void A_datagram_for_a_group_gets_the_address_of_the_group()
    {
        string v4 = Ipv4To("EF8A0B0C"), v6 = Ipv6To("FF020000000000000000000100000012"), all = Ipv4To("FFFFFFFF");
        Assert.StartsWith("01005E0A0B0C" + NoSource, Frame(101, v4).Frame, StringComparison.Ordinal);
        Assert.StartsWith("333300000012" + NoSource, Frame(101, v6).Frame, StringComparison.Ordinal);
        Assert.StartsWith("FFFFFFFFFFFF" + NoSource, Frame(101, all).Frame, StringComparison.Ordinal);
        Assert.StartsWith("01005E0A0B0C" + Sender, Frame(113, Cooked("0002", "0800", v4)).Frame, StringComparison.Ordinal);
        Assert.StartsWith("01005E0A0B0C" + Sender, Frame(113, Cooked("0004", "0800", v4)).Frame, StringComparison.Ordinal);
        Assert.StartsWith("333300000012" + Sender, Frame(113, Cooked("0002", "86DD", v6)).Frame, StringComparison.Ordinal);
        Assert.StartsWith(PortText + Sender, Frame(113, Cooked("0000", "0800", v4)).Frame, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_cooked_without_an_EtherType_gets_an_802_3_length() =>
        Assert.Equal((FramingOutcome.Framed, PortText + Sender + "0003" + "424203"), Frame(113, Cooked("0000", "0004", "424203")));

    [Theory]
    [InlineData(105, Ipv4)]                                           // IEEE 802.11
    [InlineData(65535, "")]
    [InlineData(0, "07000000" + Ipv4)]                                // AF_OSI
    [InlineData(108, "00000063" + Ipv4)]
    [InlineData(113, "0000033800060011223344550000" + "0004" + "AABB")]   // netlink
    [InlineData(113, "0000032300060011223344550000" + "0800" + Ipv4)]     // radiotap
    public void What_no_Ethernet_frame_can_carry_is_an_unknown_link_type(int linkType, string hex) =>
        Assert.Equal((FramingOutcome.UnknownLinkType, ""), Frame(linkType, hex));

    [Theory]
    [InlineData(0, "020000")]
    [InlineData(113, "000000010006001122334455000008")]
    [InlineData(276, "08000000000000030001000600112233445500")]
    public void A_record_shorter_than_its_link_header_is_named_so(int linkType, string hex)
    {
        Assert.Equal((FramingOutcome.LinkHeaderShort, ""), Frame(linkType, hex));
        Assert.Equal((FramingOutcome.CapturedShort, ""), Frame(linkType, hex, missing: 100));
    }

    [Theory]
    [InlineData(1, Macs + Ipv4)]
    [InlineData(1, Macs + Ipv4 + "000000")]                           // some of the padding was captured
    [InlineData(1, "0200000000010200000000028100000A0800" + Ipv4)]
    [InlineData(1, "02000000000102000000000288A800018100000286DD" + Ipv6)]
    [InlineData(101, Ipv6)]
    [InlineData(0, "02000000" + Ipv4)]
    public void A_short_record_with_a_whole_datagram_is_the_frame_that_was_captured(int linkType, string hex)
    {
        (FramingOutcome outcome, string frame) = Frame(linkType, hex, missing: 7);
        Assert.Equal((FramingOutcome.Framed, Frame(linkType, hex).Frame), (outcome, frame));
        (outcome, frame) = Frame(linkType, hex.TrimEnd('0')[..^4], missing: 7);
        Assert.Equal((FramingOutcome.CapturedShort, ""), (outcome, frame));
    }

    [Theory]
    [InlineData("FFFFFFFFFFFF0200000000020806AABB")]                  // not IP
    [InlineData("FFFFFFFFFFFF02000000")]
    [InlineData(Macs)]
    [InlineData(Macs + "450000130000000040110000C0000201C0A8010100350035")]   // a total length below the header's
    [InlineData(Macs + "450000000000000040110000C0000201C0A8010100350035")]   // and none
    [InlineData("02000000000102000000000286DD" + JumboHeader + "C204")]
    [InlineData("020000000001020000000002810000")]
    public void A_short_record_without_a_whole_datagram_is_captured_short(string hex) =>
        Assert.Equal((FramingOutcome.CapturedShort, ""), Frame(1, hex, missing: 1));

    [Fact]
    public void An_announced_check_sequence_is_cut_as_far_as_it_was_captured()
    {
        const string Whole = Macs + Ipv4;
        Assert.Equal((FramingOutcome.Framed, Whole), Frame(1, Whole + "CAFEBABE", fcsLength: 4));
        Assert.Equal((FramingOutcome.Framed, Whole), Frame(1, Whole + "CAFE", missing: 2, fcsLength: 4));
        Assert.Equal((FramingOutcome.Framed, Whole), Frame(1, Whole, missing: 4, fcsLength: 4));
        Assert.Equal((FramingOutcome.CapturedShort, ""), Frame(1, Whole[..^2], missing: 5, fcsLength: 4));
        Assert.Equal((FramingOutcome.Framed, "0200"), Frame(1, "0200CAFEBABE", fcsLength: 4));
        Assert.Equal((FramingOutcome.Framed, ""), Frame(1, "CAFE", fcsLength: 4));
        Assert.Equal((FramingOutcome.Framed, PortText + NoSource + "0800" + Ipv4), Frame(101, Ipv4 + "CAFE", fcsLength: 2));
    }

    [Fact]
    public void An_original_length_below_the_captured_one_is_not_believed() =>
        Assert.Equal((FramingOutcome.Framed, Macs + Ipv4), Frame(1, Macs + Ipv4, missing: -20));

    [Theory]
    [InlineData("", 0)]
    [InlineData("81000001", 1)]
    [InlineData("88A8000181000002", 2)]
    [InlineData("88A800018100000281000003", 3)]
    public void A_frame_may_have_65549_bytes_and_4_for_each_leading_tag(string tags, int count)
    {
        string largest = Macs[..24] + tags + "0800" + new string('0', 2 * 65_535);
        Assert.Equal((FramingOutcome.Framed, largest), Frame(1, largest));
        Assert.Equal(65_549 + (4 * count), largest.Length / 2);
        Assert.Equal((FramingOutcome.FrameTooLong, ""), Frame(1, largest + "00"));
        Assert.Equal((FramingOutcome.Framed, largest), Frame(1, largest + "00000000", fcsLength: 4));
    }

    [Fact]
    public void Made_frames_have_the_same_limit()
    {
        Assert.Equal(FramingOutcome.Framed, Frame(228, new string('0', 2 * 65_535)).Outcome);
        Assert.Equal((FramingOutcome.FrameTooLong, ""), Frame(228, new string('0', 2 * 65_536)));
        Assert.Equal((FramingOutcome.FrameTooLong, ""), Frame(113, Cooked("0000", "0800", new string('0', 2 * 65_536))));
    }

    [Fact]
    public void More_tags_than_the_destination_holds_are_too_long()
    {
        string tags = string.Concat(Enumerable.Repeat("81000001", 1000));
        Assert.Equal(FramingOutcome.Framed, Frame(1, Macs[..24] + tags + "0800").Outcome);
        Assert.Equal((FramingOutcome.FrameTooLong, ""), Frame(1, Macs[..24] + tags + "0800" + new string('0', 2 * 65_000)));
    }

    private static string Cooked(string type, string protocol, string payload) => type + "00010006" + Sender + "0000" + protocol + payload;
}
