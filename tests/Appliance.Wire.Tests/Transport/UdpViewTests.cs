using Appliance.Wire.Tests.Support;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Wire.Tests.Transport;

public sealed class UdpViewTests
{
    private const string Datagram = "d5b1 0035 000a 1c46 abcd ee";

    [Fact]
    public void Every_field_of_a_datagram_is_read()
    {
        Assert.True(UdpView.TryParse(Hex.Bytes(Datagram), out UdpView view));
        Assert.Equal(0xd5b1, view.SourcePort);
        Assert.Equal(53, view.DestinationPort);
        Assert.Equal(10, view.Length);
        Assert.Equal(0x1c46, view.Checksum);
        Assert.Equal(UdpLengthKind.Whole, view.LengthKind);
        Assert.Equal("abcd", Convert.ToHexStringLower(view.Payload));
        Assert.Equal(10, view.Datagram.Length);
    }

    [Theory]
    [InlineData(0, UdpLengthKind.Zero, 3)]
    [InlineData(7, UdpLengthKind.BelowHeader, 0)]
    [InlineData(8, UdpLengthKind.Whole, 0)]
    [InlineData(11, UdpLengthKind.Whole, 3)]
    [InlineData(12, UdpLengthKind.BeyondBytes, 3)]
    [InlineData(65535, UdpLengthKind.BeyondBytes, 3)]
    public void Length_that_lies_is_reported_and_bounded(int length, UdpLengthKind kind, int payloadLength)
    {
        Assert.True(UdpView.TryParse(Hex.Bytes(Datagram), out UdpView view));
        view.Length = (ushort)length;
        Assert.Equal(kind, view.LengthKind);
        Assert.Equal(payloadLength, view.Payload.Length);
    }

    [Fact]
    public void Fields_survive_the_wire()
    {
        var random = new Random(11);
        for (int round = 0; round < SeededValues.RoundTrips; round++)
        {
            var fields = new UdpFields(random.NextUShort(), random.NextUShort(), (ushort)random.Next(100));
            byte[] bytes = random.NextOctets(UdpView.HeaderLength + fields.PayloadLength);
            fields.WriteTo(bytes);
            Assert.True(UdpView.TryParse(bytes, out UdpView view));
            Assert.Equal(fields, UdpFields.From(view));
            Assert.Equal(0, view.Checksum);
        }
    }

    [Fact]
    public void Every_truncation_is_refused() => Truncation.IsRefused<UdpView>(UdpView.TryParse, Hex.Bytes(Datagram), UdpView.HeaderLength);
}
