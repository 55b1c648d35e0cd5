using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;
using Appliance.Wire.Tests.Support;
using Xunit;

namespace Appliance.Wire.Tests.Icmp;

public sealed class IcmpViewTests
{
    private const string TooBig = "03 04 1234 0000 0578 4500";

    [Fact]
    public void Every_field_of_a_message_is_read()
    {
        Assert.True(IcmpView.TryParse(Hex.Bytes(TooBig), out IcmpView view));
        Assert.Equal(IcmpType.DestinationUnreachable, view.Type);
        Assert.Equal(4, view.Code);
        Assert.Equal(0x1234, view.Checksum);
        Assert.Equal(0x578u, view.RestOfHeader);
        Assert.Equal(1400, view.NextHopMtu);
        Assert.Equal(0x578, view.EchoSequence);
        Assert.Equal(0, view.EchoIdentifier);
        Assert.Equal(0, view.Pointer);
        Assert.Equal("0.0.5.120", view.Gateway.ToString());
        Assert.True(view.IsError);
        Assert.False(view.IsEcho);
        Assert.Equal("4500", Convert.ToHexStringLower(view.QuotedDatagram));
    }

    [Theory]
    [InlineData(0, 150)]
    [InlineData(31, 150)]
    [InlineData(32, 128)]
    [InlineData(255, 150)]
    public void Quotation_ends_where_the_length_of_RFC_4884_says(int words, int quoted)
    {
        byte[] bytes = new byte[158];
        bytes[0] = 11;
        bytes[5] = (byte)words;
        Assert.True(IcmpView.TryParse(bytes, out IcmpView view));
        Assert.Equal(quoted, view.QuotedDatagram.Length);
    }

    /// <summary>The second word of a redirect is an address, none of whose octets is a length.</summary>
    [Fact]
    public void Quotation_of_a_redirect_is_all_that_follows()
    {
        byte[] bytes = [.. Hex.Bytes("05 01 0000 0a200000"), .. new byte[150]];
        Assert.True(IcmpView.TryParse(bytes, out IcmpView view));
        Assert.Equal(150, view.QuotedDatagram.Length);
    }

    /// <summary>RFC 1122 §3.2.2: unreachable, redirect, source quench, time exceeded and parameter problem.</summary>
    [Fact]
    public void Five_types_are_errors()
    {
        IEnumerable<int> errors = Enumerable.Range(0, 256).Where(type => IcmpView.IsErrorType((IcmpType)type));
        Assert.Equal([3, 4, 5, 11, 12], errors);
    }

    [Fact]
    public void Each_setter_writes_its_own_bytes()
    {
        AssertSet("0000 0000 abcd 0000", (ref IcmpView view) => view.EchoIdentifier = 0xabcd);
        AssertSet("0000 0000 0000 abcd", (ref IcmpView view) => view.EchoSequence = 0xabcd);
        AssertSet("0000 0000 0000 0578", (ref IcmpView view) => view.NextHopMtu = 1400);
        AssertSet("0000 0000 c0000201", (ref IcmpView view) => view.Gateway = new Ipv4Address(0xc0000201));
        AssertSet("0000 0000 14000000", (ref IcmpView view) => view.Pointer = 20);
    }

    [Fact]
    public void Fields_survive_the_wire()
    {
        var random = new Random(15);
        for (int round = 0; round < SeededValues.RoundTrips; round++)
        {
            var fields = new IcmpFields((IcmpType)random.NextByte(), random.NextByte(), random.NextUInt());
            byte[] bytes = random.NextOctets(IcmpView.HeaderLength);
            fields.WriteTo(bytes);
            Assert.True(IcmpView.TryParse(bytes, out IcmpView view));
            Assert.Equal(fields, IcmpFields.From(view));
        }
    }

    [Fact]
    public void Every_truncation_is_refused() =>
        Truncation.IsRefused<IcmpView>(IcmpView.TryParse, Hex.Bytes(TooBig), IcmpView.HeaderLength);

    private delegate void Setter(ref IcmpView view);

    private static void AssertSet(string expected, Setter set)
    {
        byte[] bytes = new byte[IcmpView.HeaderLength];
        Assert.True(IcmpView.TryParse(bytes, out IcmpView view));
        set(ref view);
        Assert.Equal(Hex.Bytes(expected), bytes);
    }
}
