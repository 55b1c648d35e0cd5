using Appliance.Wire.Ip;
using Appliance.Wire.Tests.Support;
using Xunit;

namespace Appliance.Wire.Tests.Ip;

public sealed class Ipv6ViewTests
{
    // A solicitation modelled on zeek's icmp6-nd-options.pcap, with traffic class, flow label and source given values; its end is cut off.
    private const string Datagram =
        "6b812345 0004 3a ff fe800000000000000000000000000001 ff0200000000000000000001fff50000 8700673c ee";

    [Fact]
    public void Every_field_of_a_datagram_is_read()
    {
        Assert.True(Ipv6View.TryParse(Hex.Bytes(Datagram), out Ipv6View view));
        Assert.Equal(0xb8, view.TrafficClass);
        Assert.Equal(0x12345u, view.FlowLabel);
        Assert.Equal(4, view.PayloadLength);
        Assert.Equal(IpProtocol.Icmpv6, view.NextHeader);
        Assert.Equal(255, view.HopLimit);
        Assert.Equal("fe80::1", view.Source.ToString());
        Assert.Equal("ff02::1:fff5:0", view.Destination.ToString());
        Assert.Equal("8700673c", Convert.ToHexStringLower(view.Payload));
        Assert.Equal(44, view.Datagram.Length);
        Assert.False(view.IsTruncated);
        Assert.Equal(IpProtocol.Icmpv6, view.HeaderChain.Protocol);
    }

    [Theory]
    [InlineData(0, false, 0)]
    [InlineData(5, false, 5)]
    [InlineData(6, true, 5)]
    [InlineData(65535, true, 5)]
    public void Payload_length_that_lies_is_reported_and_bounded(int length, bool isTruncated, int payloadLength)
    {
        Assert.True(Ipv6View.TryParse(Hex.Bytes(Datagram), out Ipv6View view));
        view.PayloadLength = (ushort)length;
        Assert.Equal(isTruncated, view.IsTruncated);
        Assert.Equal(payloadLength, view.Payload.Length);
    }

    [Fact]
    public void Other_version_is_refused()
    {
        byte[] bytes = Hex.Bytes(Datagram);
        bytes[0] ^= 0x20;
        Assert.False(Ipv6View.TryParse(bytes, out _));
    }

    [Fact]
    public void Fields_survive_the_wire()
    {
        var random = new Random(6);
        for (int round = 0; round < SeededValues.RoundTrips; round++)
        {
            var fields = new Ipv6Fields
            {
                TrafficClass = random.NextByte(),
                FlowLabel = random.NextUInt() & Ipv6View.MaxFlowLabel,
                PayloadLength = (ushort)random.Next(100),
                NextHeader = (IpProtocol)random.NextByte(),
                HopLimit = random.NextByte(),
                Source = random.NextIpv6(),
                Destination = random.NextIpv6(),
            };
            byte[] bytes = random.NextOctets(Ipv6View.HeaderLength + fields.PayloadLength);
            fields.WriteTo(bytes);
            Assert.True(Ipv6View.TryParse(bytes, out Ipv6View view));
            Assert.Equal(fields, Ipv6Fields.From(view));
        }
    }

    [Fact]
    public void Every_truncation_is_refused() =>
        Truncation.IsRefused<Ipv6View>(Ipv6View.TryParse, Hex.Bytes(Datagram), Ipv6View.HeaderLength);
}
