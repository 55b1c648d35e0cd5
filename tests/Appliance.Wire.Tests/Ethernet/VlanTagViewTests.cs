using Appliance.Wire.Ethernet;
using Appliance.Wire.Tests.Support;
using Xunit;

namespace Appliance.Wire.Tests.Ethernet;

public sealed class VlanTagViewTests
{
    // Priority 5 (101), drop eligible (1), VLAN 0x4bd, then IPv4.
    private const string Tag = "b4bd 0800 45c0";

    [Fact]
    public void Every_field_of_a_tag_is_read()
    {
        Assert.True(VlanTagView.TryParse(Hex.Bytes(Tag), out VlanTagView view));
        Assert.Equal(5, view.Priority);
        Assert.True(view.DropEligible);
        Assert.Equal(0x4bd, view.VlanId);
        Assert.Equal(0xb4bd, view.TagControl);
        Assert.Equal(EtherType.Ipv4, view.EtherType);
        Assert.Equal("45c0", Convert.ToHexStringLower(view.Payload));
    }

    [Fact]
    public void Setting_one_part_leaves_the_others()
    {
        byte[] bytes = Hex.Bytes(Tag);
        Assert.True(VlanTagView.TryParse(bytes, out VlanTagView view));
        view.DropEligible = false;
        Assert.Equal(0xa4bd, view.TagControl);
        view.Priority = 2;
        Assert.Equal(0x44bd, view.TagControl);
        view.VlanId = VlanTagView.MaxVlanId;
        Assert.Equal(0x4ffe, view.TagControl);
    }

    [Theory]
    [InlineData(0x8100, true)]
    [InlineData(0x88a8, true)]
    [InlineData(0x0800, false)]
    public void Customer_and_service_types_announce_a_tag(int type, bool announces) =>
        Assert.Equal(announces, VlanTagView.Announces((EtherType)type));

    [Fact]
    public void Fields_survive_the_wire()
    {
        var random = new Random(2);
        for (int round = 0; round < SeededValues.RoundTrips; round++)
        {
            var fields = new VlanTagFields(
                (byte)random.Next(8), random.NextBool(), (ushort)random.Next(0x1000), (EtherType)random.NextUShort());
            byte[] bytes = random.NextOctets(VlanTagView.HeaderLength);
            fields.WriteTo(bytes);
            Assert.True(VlanTagView.TryParse(bytes, out VlanTagView view));
            Assert.Equal(fields, VlanTagFields.From(view));
        }
    }

    [Fact]
    public void Every_truncation_is_refused() =>
        Truncation.IsRefused<VlanTagView>(VlanTagView.TryParse, Hex.Bytes(Tag), VlanTagView.HeaderLength);
}
