using Appliance.Wire.Ip;
using Appliance.Wire.Tests.Support;
using Xunit;

namespace Appliance.Wire.Tests.Ip;

public sealed class Ipv4ViewTests
{
    // The SCTP INIT of zeek's communityid/sctp.pcap, its payload shortened, with a byte of the link's padding.
    private const string Datagram = "45 10 0018 0001 4000 40 84 6498 c0a8aa08 c0a8aa38 00070007 ee";

    // An IGMP report's header: the router alert of RFC 2113.
    private const string WithOptions = "46 c0 0018 0000 6001 01 02 0000 c0000201 e0000016 94040000";

    [Fact]
    public void Every_field_of_a_datagram_is_read()
    {
        Assert.True(Ipv4View.TryParse(Hex.Bytes(Datagram), out Ipv4View view));
        Assert.Equal(20, view.HeaderLength);
        Assert.Equal(0x10, view.DifferentiatedServices);
        Assert.Equal(24, view.TotalLength);
        Assert.Equal(1, view.Identification);
        Assert.False(view.ReservedFlag);
        Assert.True(view.DontFragment);
        Assert.False(view.MoreFragments);
        Assert.Equal(0, view.FragmentOffsetBytes);
        Assert.False(view.IsFragment);
        Assert.Equal(64, view.TimeToLive);
        Assert.Equal(IpProtocol.Sctp, view.Protocol);
        Assert.Equal(0x6498, view.HeaderChecksum);
        Assert.Equal("192.168.170.8", view.Source.ToString());
        Assert.Equal("192.168.170.56", view.Destination.ToString());
        Assert.True(view.Options.IsEmpty);
        Assert.Equal(20, view.Header.Length);
        Assert.Equal("00070007", Convert.ToHexStringLower(view.Payload));
        Assert.Equal(24, view.Datagram.Length);
        Assert.False(view.IsTotalLengthBelowHeader);
        Assert.False(view.IsTruncated);
    }

    [Fact]
    public void Options_and_fragment_bits_are_read()
    {
        Assert.True(Ipv4View.TryParse(Hex.Bytes(WithOptions), out Ipv4View view));
        Assert.Equal(24, view.HeaderLength);
        Assert.Equal("94040000", Convert.ToHexStringLower(view.Options));
        Assert.True(view.DontFragment);
        Assert.True(view.MoreFragments);
        Assert.Equal(8, view.FragmentOffsetBytes);
        Assert.True(view.IsFragment);
        Assert.True(view.Payload.IsEmpty);
    }

    [Theory]
    [InlineData(0, true, false, 0)]
    [InlineData(19, true, false, 0)]
    [InlineData(20, false, false, 0)]
    [InlineData(25, false, false, 5)]
    [InlineData(26, false, true, 5)]
    [InlineData(65535, false, true, 5)]
    public void Total_length_that_lies_is_reported_and_bounded(int totalLength, bool isBelow, bool isTruncated, int payloadLength)
    {
        Assert.True(Ipv4View.TryParse(Hex.Bytes(Datagram), out Ipv4View view));
        view.TotalLength = (ushort)totalLength;
        Assert.Equal(isBelow, view.IsTotalLengthBelowHeader);
        Assert.Equal(isTruncated, view.IsTruncated);
        Assert.Equal(payloadLength, view.Payload.Length);
    }

    [Theory]
    [InlineData(0x44)]
    [InlineData(0x40)]
    [InlineData(0x4f)]
    [InlineData(0x65)]
    public void Other_versions_and_impossible_header_lengths_are_refused(int firstByte)
    {
        byte[] bytes = Hex.Bytes(Datagram);
        bytes[0] = (byte)firstByte;
        Assert.False(Ipv4View.TryParse(bytes, out _));
    }

    [Fact]
    public void Fields_survive_the_wire()
    {
        var random = new Random(4);
        for (int round = 0; round < SeededValues.RoundTrips; round++)
        {
            var fields = new Ipv4Fields
            {
                DifferentiatedServices = random.NextByte(),
                Identification = random.NextUShort(),
                ReservedFlag = random.NextBool(),
                DontFragment = random.NextBool(),
                MoreFragments = random.NextBool(),
                FragmentOffsetBytes = random.Next(0x2000) * 8,
                TimeToLive = random.NextByte(),
                Protocol = (IpProtocol)random.NextByte(),
                Source = random.NextIpv4(),
                Destination = random.NextIpv4(),
                OptionsLength = (byte)(random.Next(11) * 4),
                PayloadLength = (ushort)random.Next(100),
            };
            byte[] bytes = random.NextOctets(fields.HeaderLength + fields.PayloadLength);
            fields.WriteTo(bytes);
            Assert.True(Ipv4View.TryParse(bytes, out Ipv4View view));
            Assert.Equal(fields, Ipv4Fields.From(view));
            Assert.Equal(0, view.HeaderChecksum);
            Assert.False(view.Options.ContainsAnyExcept((byte)0));
        }
    }

    [Theory]
    [InlineData(Datagram, 20)]
    [InlineData(WithOptions, 24)]
    public void Every_truncation_is_refused(string datagram, int headerLength) =>
        Truncation.IsRefused<Ipv4View>(Ipv4View.TryParse, Hex.Bytes(datagram), headerLength);
}
