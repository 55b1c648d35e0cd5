using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Tests.Support;
using Xunit;

namespace Appliance.Wire.Tests.Arp;

public sealed class ArpViewTests
{
    // RFC 826: who has 192.0.2.1, asks 192.0.2.7; with two bytes of the link's padding.
    private const string Request = "0001 0800 06 04 0001 021122334455 c0000207 000000000000 c0000201 0000";

    [Fact]
    public void Every_field_of_a_request_is_read()
    {
        Assert.True(ArpView.TryParse(Hex.Bytes(Request), out ArpView view));
        Assert.Equal(ArpOperation.Request, view.Operation);
        Assert.Equal("02:11:22:33:44:55", view.SenderHardwareAddress.ToString());
        Assert.Equal("192.0.2.7", view.SenderProtocolAddress.ToString());
        Assert.Equal(new MacAddress(0), view.TargetHardwareAddress);
        Assert.Equal("192.0.2.1", view.TargetProtocolAddress.ToString());
        Assert.False(view.IsProbe);
        Assert.False(view.IsAnnouncement);
    }

    [Fact]
    public void Reply_goes_back_to_the_asker()
    {
        Assert.True(ArpView.TryParse(Hex.Bytes(Request), out ArpView request));
        byte[] reply = new byte[ArpView.HeaderLength];
        ArpFields.ReplyTo(request, new MacAddress(0x02aabbccddee)).WriteTo(reply);
        Assert.Equal(Hex.Bytes("0001 0800 06 04 0002 02aabbccddee c0000201 021122334455 c0000207"), reply);
    }

    [Fact]
    public void Probe_and_announcement_are_told_apart()
    {
        var target = new Ipv4Address(0xc0000201);
        ArpView probe = new ArpFields(ArpOperation.Request, default, Ipv4Address.Any, default, target).WriteTo(new byte[28]);
        Assert.True(probe.IsProbe);
        Assert.False(probe.IsAnnouncement);
        ArpView announcement = new ArpFields(ArpOperation.Request, default, target, default, target).WriteTo(new byte[28]);
        Assert.False(announcement.IsProbe);
        Assert.True(announcement.IsAnnouncement);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Other_hardware_protocol_or_lengths_are_refused(int changedByte)
    {
        byte[] bytes = Hex.Bytes(Request);
        bytes[changedByte] ^= 0x10;
        Assert.False(ArpView.TryParse(bytes, out _));
    }

    [Fact]
    public void Fields_survive_the_wire()
    {
        var random = new Random(3);
        for (int round = 0; round < SeededValues.RoundTrips; round++)
        {
            var fields = new ArpFields(
                (ArpOperation)random.NextUShort(), random.NextMac(), random.NextIpv4(), random.NextMac(), random.NextIpv4());
            byte[] bytes = random.NextOctets(ArpView.HeaderLength);
            fields.WriteTo(bytes);
            Assert.True(ArpView.TryParse(bytes, out ArpView view));
            Assert.Equal(fields, ArpFields.From(view));
        }
    }

    [Fact]
    public void Every_truncation_is_refused() =>
        Truncation.IsRefused<ArpView>(ArpView.TryParse, Hex.Bytes(Request), ArpView.HeaderLength);
}
