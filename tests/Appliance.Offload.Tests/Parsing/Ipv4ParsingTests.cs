using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Offload.Tests.Parsing;

public sealed class Ipv4ParsingTests : IDisposable
{
    private const string Source = "192.0.2.1", Destination = "198.51.100.2";
    private static readonly byte[] Sound = TestFrames.Ipv4(Source, Destination, TestTransport.Udp(1000, 53, 4));
    private readonly ParseRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_sound_datagram_is_found_without_the_padding_behind_it()
    {
        FrameInfo info = _rig.ParseSound(TestFrames.Padded(Sound));
        Assert.Equal((NetworkKind.Ipv4, EtherType.Ipv4, IpProtocol.Udp), (info.Network, info.EtherType, info.Protocol));
        Assert.Equal((14, 34, 32), (info.NetworkOffset, info.TransportOffset, info.DatagramLength));
        Assert.Equal((FrameTraits.Ports, (ushort)1000, (ushort)53), (info.Traits, info.SourcePort, info.DestinationPort));
    }

    [Fact]
    public void A_datagram_cut_anywhere_is_short()
    {
        for (int length = 14; length < Sound.Length; length++)
            Assert.Equal(DropReason.Short, _rig.Parse(Sound[..length]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(15)]
    public void Another_version_contradicts_the_type(byte version) =>
        Assert.Equal(DropReason.IpHeader, _rig.Parse(TestFrames.WithIpv4(Sound, 0, (byte)((version << 4) | 5))));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void A_header_below_twenty_bytes_is_none(byte words) =>
        Assert.Equal(DropReason.IpHeader, _rig.Parse(TestFrames.WithIpv4(Sound, 0, (byte)(0x40 | words))));

    [Fact]
    public void A_header_beyond_the_bytes_is_short_whatever_its_checksum() =>
        Assert.Equal(DropReason.Short, _rig.Parse(TestFrames.With(Sound, 14, 0x4f)));

    [Fact]
    public void Any_bit_of_the_header_flipped_is_found_by_its_checksum_at_the_latest()
    {
        for (int bit = 0; bit < 160; bit++)
        {
            byte[] flipped = [.. Sound];
            flipped[14 + (bit / 8)] ^= (byte)(0x80 >> (bit % 8));
            DropReason expected = bit switch
            {
                < 4 => DropReason.IpHeader,             // another version
                4 => DropReason.Short,                  // 13 words, which are not there
                5 or 7 => DropReason.IpHeader,          // 1 word and 4 words
                _ => DropReason.BadIpChecksum,          // also 7 words, which are there
            };
            Assert.Equal(expected, _rig.Parse(flipped));
        }
    }

    [Theory]
    [InlineData(0xff, 0xff)]        // all ones where all zeros belong: the other zero of one's complement
    [InlineData(0x00, 0x00)]
    public void A_sum_of_either_zero_is_told_from_every_other(byte high, byte low)
    {
        byte[] frame = TestFrames.WithIpv4(Sound, 4, 0, 0);
        ushort checksum = (ushort)((frame[24] << 8) | frame[25]);
        frame = TestFrames.WithIpv4(Sound, 4, (byte)(checksum >> 8), (byte)checksum);   // an identification that makes it zero
        Assert.Equal((0, 0), (frame[24], frame[25]));
        Assert.Equal(DropReason.None, _rig.Parse(TestFrames.With(frame, 24, high, low)));
        Assert.Equal(DropReason.BadIpChecksum, _rig.Parse(TestFrames.With(frame, 24, 0, 1)));
    }

    [Fact]
    public void The_checksum_covers_the_options()
    {
        byte[] frame = TestFrames.Ipv4(Source, Destination, TestTransport.Udp(1000, 53), options: [7, 7, 4, 0, 0, 0, 0, 0]);
        Assert.Equal(DropReason.None, _rig.Parse(frame));
        Assert.Equal(DropReason.BadIpChecksum, _rig.Parse(TestFrames.With(frame, 14 + 24, 1)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(19)]
    public void A_total_length_below_the_header_contradicts_it(ushort total) =>
        Assert.Equal(DropReason.IpHeader, _rig.Parse(WithTotal(total)));

    [Theory]
    [InlineData(33)]
    [InlineData(65535)]
    public void A_total_length_beyond_the_bytes_is_short(ushort total) =>
        Assert.Equal(DropReason.Short, _rig.Parse(WithTotal(total)));

    [Fact]
    public void A_datagram_may_be_its_header_alone()
    {
        FrameInfo info = _rig.ParseSound(WithTotal(20));
        Assert.Equal((34, 20, FrameTraits.None), (info.TransportOffset, info.DatagramLength, info.Traits));
    }

    [Fact]
    public void The_longest_datagram_is_found()
    {
        FrameInfo info = _rig.ParseSound(TestFrames.Ipv4(Source, Destination, TestTransport.Udp(1, 2, 65_507)));
        Assert.Equal(65_535, info.DatagramLength);
    }

    [Fact]
    public void Options_move_the_transport_and_are_remembered()
    {
        FrameInfo info = _rig.ParseSound(TestFrames.Ipv4(Source, Destination, TestTransport.Udp(1000, 53), options: [148, 4, 0, 0]));
        Assert.Equal((38, FrameTraits.Ports | FrameTraits.Options), (info.TransportOffset, info.Traits));
        info = _rig.ParseSound(TestFrames.Ipv4(Source, Destination, TestTransport.Udp(1000, 53), options: new byte[40]));
        Assert.Equal((74, (ushort)53), (info.TransportOffset, info.DestinationPort));
    }

    [Theory]
    [InlineData(131)]               // loose
    [InlineData(137)]               // strict
    public void Source_routes_are_remembered_wherever_they_stand_among_the_options(byte type)
    {
        byte[][] options = [[type, 7, 4, 1, 2, 3, 4, 0], [1, type, 3, 4], [148, 4, 0, 0, type, 3, 4, 0], [7, 3, 4, type, 3, 4, 1, 1]];
        foreach (byte[] list in options)
        {
            FrameInfo info = _rig.ParseSound(TestFrames.Ipv4(Source, Destination, TestTransport.Udp(1000, 53), options: list));
            Assert.Equal(FrameTraits.Ports | FrameTraits.Options | FrameTraits.SourceRoute, info.Traits);
        }
    }

    [Fact]
    public void What_stands_behind_the_end_of_the_list_is_no_option()
    {
        byte[] frame = TestFrames.Ipv4(Source, Destination, TestTransport.Udp(1000, 53), options: [0, 131, 0, 0]);
        Assert.Equal(FrameTraits.Ports | FrameTraits.Options, _rig.ParseSound(frame).Traits);
    }

    [Theory]
    [InlineData(new byte[] { 7, 0, 0, 0 })]         // a length of nothing
    [InlineData(new byte[] { 7, 1, 0, 0 })]
    [InlineData(new byte[] { 7, 5, 0, 0 })]         // beyond the header
    [InlineData(new byte[] { 1, 1, 1, 7 })]         // no length at all
    [InlineData(new byte[] { 131, 3, 4, 137 })]
    public void Malformed_options_contradict_the_header(byte[] options) =>
        Assert.Equal(DropReason.IpHeader, _rig.Parse(TestFrames.Ipv4(Source, Destination, TestTransport.Udp(1000, 53), options: options)));

    [Theory]
    [InlineData(0, false, FrameTraits.Ports)]
    [InlineData(0, true, FrameTraits.Ports | FrameTraits.FirstFragment)]
    [InlineData(8, true, FrameTraits.LaterFragment)]
    [InlineData(8, false, FrameTraits.LaterFragment)]
    [InlineData(65_528, false, FrameTraits.LaterFragment)]
    public void Fragments_are_told_apart_and_only_the_first_has_ports(int offset, bool more, FrameTraits traits)
    {
        byte[] frame = TestFrames.Ipv4(
            Source, Destination, TestTransport.Udp(1000, 53, 8), ip => ip with { FragmentOffsetBytes = offset, MoreFragments = more });
        FrameInfo info = _rig.ParseSound(frame);
        bool hasPorts = (traits & FrameTraits.Ports) != FrameTraits.None;
        Assert.Equal((traits, hasPorts ? 1000 : 0, hasPorts ? 53 : 0), (info.Traits, info.SourcePort, info.DestinationPort));
        Assert.Equal(IpProtocol.Udp, info.Protocol);
    }

    [Fact]
    public void The_reserved_flag_and_dont_fragment_make_no_fragment()
    {
        byte[] frame = TestFrames.Ipv4(
            Source, Destination, TestTransport.Udp(1000, 53, 8), ip => ip with { ReservedFlag = true, DontFragment = true });
        Assert.Equal(FrameTraits.Ports, _rig.ParseSound(frame).Traits);
    }

    [Fact]
    public void The_checks_stand_in_their_order()
    {
        byte[] options = TestFrames.Ipv4(Source, Destination, TestTransport.Udp(1000, 53), options: [7, 0, 0, 0]);
        byte[] badSum = TestFrames.With(options, 24, 0, 0);
        Assert.Equal(DropReason.IpHeader, _rig.Parse(TestFrames.With(badSum, 14, 0x54)));                   // version before checksum
        Assert.Equal(DropReason.BadIpChecksum, _rig.Parse(TestFrames.With(badSum, 16, 0, 0)));              // checksum before total length
        Assert.Equal(DropReason.BadIpChecksum, _rig.Parse(badSum));                                         // and before options
        Assert.Equal(DropReason.Short, _rig.Parse(TestFrames.WithIpv4(options, 2, 0xff, 0xff)));            // length before options
    }

    private static byte[] WithTotal(ushort total) => TestFrames.WithIpv4(Sound, 2, (byte)(total >> 8), (byte)total);
}
