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

    /// <summary>RFC 4884 §4: in units of 8 bytes here, and in the first octet of the word.</summary>
    [Theory]
    [InlineData(Icmpv6Type.DestinationUnreachable, 0, 150)]
    [InlineData(Icmpv6Type.DestinationUnreachable, 15, 150)]
    [InlineData(Icmpv6Type.DestinationUnreachable, 16, 128)]
    [InlineData(Icmpv6Type.TimeExceeded, 18, 144)]
    [InlineData(Icmpv6Type.TimeExceeded, 255, 150)]
    [InlineData(Icmpv6Type.PacketTooBig, 16, 150)]
    [InlineData(Icmpv6Type.ParameterProblem, 16, 150)]
    [InlineData(Icmpv6Type.EchoRequest, 16, 0)]
    [InlineData(Icmpv6Type.Redirect, 16, 0)]
    public void Quotation_ends_where_the_length_of_RFC_4884_says(Icmpv6Type type, int octet, int quoted)
    {
        byte[] bytes = new byte[158];
        bytes[0] = (byte)type;
        bytes[4] = (byte)octet;
        Assert.True(Icmpv6View.TryParse(bytes, out Icmpv6View view));
        Assert.Equal(quoted, view.QuotedDatagram.Length);
    }

    /// <summary>RFC 4443 §2.1: errors have "a zero in the high-order bit of their message Type field values".</summary>
    [Fact]
    public void Types_below_128_are_errors()
    {
        IEnumerable<int> errors = Enumerable.Range(0, 256).Where(type => Icmpv6View.IsErrorType((Icmpv6Type)type));
        Assert.Equal(Enumerable.Range(0, 128), errors);
    }

    [Fact]
    public void Each_setter_writes_its_own_bytes()
    {
        AssertSet("0000 0000 abcd 0000", (ref Icmpv6View view) => view.EchoIdentifier = 0xabcd);
        AssertSet("0000 0000 0000 abcd", (ref Icmpv6View view) => view.EchoSequence = 0xabcd);
        AssertSet("0000 0000 00000500", (ref Icmpv6View view) => view.NextHopMtu = 1280);
        AssertSet("0000 0000 89abcdef", (ref Icmpv6View view) => view.Pointer = 0x89abcdef);
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

    private delegate void Setter(ref Icmpv6View view);

    private static void AssertSet(string expected, Setter set)
    {
        byte[] bytes = new byte[Icmpv6View.HeaderLength];
        Assert.True(Icmpv6View.TryParse(bytes, out Icmpv6View view));
        set(ref view);
        Assert.Equal(Hex.Bytes(expected), bytes);
    }
}
