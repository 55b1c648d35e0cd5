using Appliance.Wire.Ethernet;
using Appliance.Wire.Tests.Support;
using Xunit;

namespace Appliance.Wire.Tests.Ethernet;

public sealed class EthernetViewTests
{
    // A tagged frame of tcpdump's various_gre.pcap, up to the IPv4 header.
    private const string Frame = "aabbcc000100 aabbcc000200 8100 04bd 0800 45c00040";

    [Fact]
    public void Every_field_of_a_real_frame_is_read()
    {
        Assert.True(EthernetView.TryParse(Hex.Bytes(Frame), out EthernetView view));
        Assert.Equal("aa:bb:cc:00:01:00", view.Destination.ToString());
        Assert.Equal("aa:bb:cc:00:02:00", view.Source.ToString());
        Assert.Equal(EtherType.Vlan, view.EtherType);
        Assert.False(view.IsLengthField);
        Assert.Equal("04bd080045c00040", Convert.ToHexStringLower(view.Payload));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1500, true)]
    [InlineData(1501, false)]
    [InlineData(0x0800, false)]
    public void Type_up_to_1500_is_a_length(int type, bool isLength)
    {
        EthernetView view = new EthernetFields(default, default, (EtherType)type).WriteTo(new byte[EthernetView.HeaderLength]);
        Assert.Equal(isLength, view.IsLengthField);
    }

    [Fact]
    public void Fields_survive_the_wire()
    {
        var random = new Random(1);
        for (int round = 0; round < SeededValues.RoundTrips; round++)
        {
            var fields = new EthernetFields(random.NextMac(), random.NextMac(), (EtherType)random.NextUShort());
            byte[] bytes = random.NextOctets(EthernetView.HeaderLength);
            fields.WriteTo(bytes);
            Assert.True(EthernetView.TryParse(bytes, out EthernetView view));
            Assert.Equal(fields, EthernetFields.From(view));
        }
    }

    [Fact]
    public void Every_truncation_is_refused() =>
        Truncation.IsRefused<EthernetView>(EthernetView.TryParse, Hex.Bytes(Frame), EthernetView.HeaderLength);
}
