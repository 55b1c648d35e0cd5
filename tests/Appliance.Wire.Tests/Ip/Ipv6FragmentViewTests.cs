using Appliance.Wire.Ip;
using Appliance.Wire.Tests.Support;
using Xunit;

namespace Appliance.Wire.Tests.Ip;

public sealed class Ipv6FragmentViewTests
{
    // UDP at byte 1448 (181 units of 8), more to come; the reserved bits are set.
    private const string Header = "11 ff 05af 89abcdef 0102";

    [Fact]
    public void Every_field_of_a_header_is_read()
    {
        Assert.True(Ipv6FragmentView.TryParse(Hex.Bytes(Header), out Ipv6FragmentView view));
        Assert.Equal(IpProtocol.Udp, view.NextHeader);
        Assert.Equal(1448, view.FragmentOffsetBytes);
        Assert.True(view.MoreFragments);
        Assert.Equal(0x89abcdefu, view.Identification);
        Assert.False(view.IsAtomic);
        Assert.Equal("0102", Convert.ToHexStringLower(view.Payload));
    }

    [Theory]
    [InlineData("06000000 00000000", true)]
    [InlineData("06000006 00000000", true)]
    [InlineData("06000001 00000000", false)]
    [InlineData("06000008 00000000", false)]
    public void Atomic_is_the_first_and_the_last(string header, bool isAtomic)
    {
        Assert.True(Ipv6FragmentView.TryParse(Hex.Bytes(header), out Ipv6FragmentView view));
        Assert.Equal(isAtomic, view.IsAtomic);
    }

    [Fact]
    public void Fields_survive_the_wire()
    {
        var random = new Random(7);
        for (int round = 0; round < SeededValues.RoundTrips; round++)
        {
            var fields = new Ipv6FragmentFields(
                (IpProtocol)random.NextByte(), random.Next(0x2000) * 8, random.NextBool(), random.NextUInt());
            byte[] bytes = random.NextOctets(Ipv6FragmentView.HeaderLength);
            fields.WriteTo(bytes);
            Assert.True(Ipv6FragmentView.TryParse(bytes, out Ipv6FragmentView view));
            Assert.Equal(fields, Ipv6FragmentFields.From(view));
        }
    }

    [Fact]
    public void Every_truncation_is_refused() =>
        Truncation.IsRefused<Ipv6FragmentView>(Ipv6FragmentView.TryParse, Hex.Bytes(Header), Ipv6FragmentView.HeaderLength);
}
