using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Tests.Support;
using Appliance.Wire.Tunnels;
using Xunit;

namespace Appliance.Wire.Tests.Tunnels;

public sealed class GreViewTests
{
    // tcpdump's various_gre.pcap, frame 11.
    private const string Keyed = "2000 8909 00000028 0800";
    private const string AllFields = "b000 0800 1234 0000 89abcdef 00000007 45";

    [Fact]
    public void Every_field_of_a_real_packet_is_read()
    {
        Assert.True(GreView.TryParse(Hex.Bytes(Keyed), out GreView view));
        Assert.Equal(8, view.HeaderLength);
        Assert.Equal(0x8909, (int)view.Protocol);
        Assert.False(view.HasChecksum);
        Assert.True(view.HasKey);
        Assert.False(view.HasSequenceNumber);
        Assert.Equal(0, view.Checksum);
        Assert.Equal(0x28u, view.Key);
        Assert.Equal(0u, view.SequenceNumber);
        Assert.Equal("0800", Convert.ToHexStringLower(view.Payload));
    }

    [Fact]
    public void Optional_fields_follow_one_another()
    {
        Assert.True(GreView.TryParse(Hex.Bytes(AllFields), out GreView view));
        Assert.Equal(16, view.HeaderLength);
        Assert.Equal(EtherType.Ipv4, view.Protocol);
        Assert.Equal(0x1234, view.Checksum);
        Assert.Equal(0x89abcdefu, view.Key);
        Assert.Equal(7u, view.SequenceNumber);
        Assert.Equal("45", Convert.ToHexStringLower(view.Payload));
    }

    [Theory]
    [InlineData("4000 0800 0000 0000 0000 0000")]
    [InlineData("0001 0800 0000 0000 0000 0000")]
    [InlineData("3001 880b 0000 0000 0000 0000")]
    public void Routing_and_other_versions_are_refused(string packet) => Assert.False(GreView.TryParse(Hex.Bytes(packet), out _));

    [Fact]
    public void Fields_survive_the_wire()
    {
        var random = new Random(14);
        for (int round = 0; round < SeededValues.RoundTrips; round++)
        {
            uint? key = random.NextBool() ? random.NextUInt() : null;
            uint? sequence = random.NextBool() ? random.NextUInt() : null;
            var fields = new GreFields((EtherType)random.NextUShort(), random.NextBool(), key, sequence);
            byte[] bytes = random.NextOctets(fields.HeaderLength);
            fields.WriteTo(bytes);
            Assert.True(GreView.TryParse(bytes, out GreView view));
            Assert.Equal(fields, GreFields.From(view));
            Assert.Equal(0, view.Checksum);
        }
    }

    [Theory]
    [InlineData(Keyed, 8)]
    [InlineData(AllFields, 16)]
    public void Every_truncation_is_refused(string packet, int headerLength) =>
        Truncation.IsRefused<GreView>(GreView.TryParse, Hex.Bytes(packet), headerLength);

    [Theory]
    [InlineData(IpProtocol.Ipv4, "45", true)]
    [InlineData(IpProtocol.Ipv6, "60", true)]
    [InlineData(IpProtocol.Ipv4, "60", false)]
    [InlineData(IpProtocol.Ipv6, "45", false)]
    [InlineData(IpProtocol.Ipv4, "", false)]
    [InlineData(IpProtocol.Gre, "60", false)]
    public void Inner_datagram_must_be_what_the_protocol_says(IpProtocol protocol, string payload, bool isInner) =>
        Assert.Equal(isInner, IpInIp.TryGetInner(protocol, Hex.Bytes(payload), out _));
}
