using Appliance.Wire.Icmp;
using Appliance.Wire.Tests.Support;
using Xunit;

namespace Appliance.Wire.Tests.Icmp;

public sealed class Icmpv6ViewTests
{
    private const string Echo = "80 00 1234 abcd 0007 6162";

    [Fact]
    public void Every_field_of_an_echo_is_read()
    {
        Assert.True(Icmpv6View.TryParse(Hex.Bytes(Echo), out Icmpv6View view));
        Assert.Equal(Icmpv6Type.EchoRequest, view.Type);
        Assert.Equal(0, view.Code);
        Assert.Equal(0x1234, view.Checksum);
        Assert.Equal(0xabcd, view.EchoIdentifier);
        Assert.Equal(7, view.EchoSequence);
        Assert.Equal(0xabcd0007u, view.RestOfHeader);
        Assert.Equal("6162", Convert.ToHexStringLower(view.Body));
        Assert.True(view.IsEcho);
        Assert.False(view.IsError);
        Assert.True(view.QuotedDatagram.IsEmpty);
    }

    [Fact]
    public void Fields_survive_the_wire()
    {
        var random = new Random(16);
        for (int round = 0; round < SeededValues.RoundTrips; round++)
        {
            var fields = new Icmpv6Fields((Icmpv6Type)random.NextByte(), random.NextByte(), random.NextUInt());
            byte[] bytes = random.NextOctets(Icmpv6View.HeaderLength);
            fields.WriteTo(bytes);
            Assert.True(Icmpv6View.TryParse(bytes, out Icmpv6View view));
            Assert.Equal(fields, Icmpv6Fields.From(view));
        }
    }

    [Fact]
    public void Every_truncation_is_refused() =>
        Truncation.IsRefused<Icmpv6View>(Icmpv6View.TryParse, Hex.Bytes(Echo), Icmpv6View.HeaderLength);
}
