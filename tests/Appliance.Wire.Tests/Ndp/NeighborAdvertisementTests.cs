using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Ndp;
using Appliance.Wire.Tests.Support;
using Xunit;

namespace Appliance.Wire.Tests.Ndp;

public sealed class NeighborAdvertisementTests
{
    // zeek's icmp6-nd-options.pcap, frame 2.
    private const string Message = "88009abb a0000000 fe80000000000000c00054fffef50000 0201c20054f50000";

    [Fact]
    public void Every_field_of_a_real_message_is_read()
    {
        Assert.True(NeighborAdvertisementView.TryParse(Hex.Bytes(Message), out NeighborAdvertisementView view));
        Assert.True(view.IsRouter);
        Assert.False(view.IsSolicited);
        Assert.True(view.IsOverride);
        Assert.Equal("fe80::c000:54ff:fef5:0", view.Target.ToString());
        Assert.Equal("c2:00:54:f5:00:00", view.TargetLinkLayerAddress.ToString());
        Assert.Equal(8, view.Options.Length);
    }

    [Fact]
    public void Fields_survive_the_wire()
    {
        var random = new Random(17);
        for (int round = 0; round < SeededValues.RoundTrips; round++)
        {
            MacAddress? address = random.NextBool() ? random.NextMac() : null;
            var fields = new NeighborAdvertisementFields(
                random.NextIpv6(), random.NextBool(), random.NextBool(), random.NextBool(), address);
            byte[] bytes = random.NextOctets(fields.Length);
            fields.WriteTo(bytes);
            Assert.True(NeighborAdvertisementView.TryParse(bytes, out NeighborAdvertisementView view));
            Assert.Equal(fields, NeighborAdvertisementFields.From(view));
        }
    }

    [Fact]
    public void Every_truncation_is_refused() =>
        Truncation.IsRefused<NeighborAdvertisementView>(NeighborAdvertisementView.TryParse, Hex.Bytes(Message), 24);

    [Theory]
    [InlineData("fe80::1", "ff02::1", 255, NdpVerdict.Valid)]
    [InlineData("fe80::1", "ff02::1", 254, NdpVerdict.HopLimit)]
    public void Only_an_unforwarded_message_is_valid(string source, string destination, int hopLimit, NdpVerdict verdict)
    {
        Assert.True(Ipv6Address.TryParse(source, out Ipv6Address from));
        Assert.True(Ipv6Address.TryParse(destination, out Ipv6Address to));
        Assert.Equal(verdict, NdpValidity.Judge(from, to, (byte)hopLimit, Hex.Bytes(Message)));
    }

    [Theory]
    [InlineData(0, 0x87, NdpVerdict.Valid)]
    [InlineData(0, 0x80, NdpVerdict.NotNeighborDiscovery)]
    [InlineData(1, 1, NdpVerdict.Code)]
    [InlineData(4, 0x40, NdpVerdict.SolicitedToGroup)]
    [InlineData(8, 0xff, NdpVerdict.GroupTarget)]
    [InlineData(25, 0, NdpVerdict.Option)]
    [InlineData(25, 2, NdpVerdict.Option)]
    public void Each_broken_rule_has_its_verdict(int changedByte, int value, NdpVerdict verdict)
    {
        Assert.True(Ipv6Address.TryParse("ff02::1", out Ipv6Address allNodes));
        byte[] message = Hex.Bytes(Message);
        message[changedByte] = (byte)value;
        Assert.Equal(verdict, NdpValidity.Judge(new Ipv6Address(1), allNodes, 255, message));
    }

    [Fact]
    public void Random_messages_never_throw_and_never_yield_more_options_than_the_bytes_hold()
    {
        var random = new Random(18);
        for (int round = 0; round < SeededValues.HostileRounds; round++)
        {
            byte[] message = random.NextOctets(random.Next(100));
            if (message.Length > 1) (message[0], message[1]) = ((byte)random.Next(133, 138), 0);
            for (int i = 9; i < message.Length; i += 8) message[i] &= 3;
            Assert.True(Enum.IsDefined(NdpValidity.Judge(random.NextIpv6(), random.NextIpv6(), 255, message)));
            var reader = new NdpOptionReader(message);
            int taken = 0;
            while (reader.MoveNext()) taken += 2 + reader.Current.Value.Length;
            Assert.True(taken <= message.Length);
            Assert.Equal(taken < message.Length, reader.IsMalformed);
        }
    }
}
