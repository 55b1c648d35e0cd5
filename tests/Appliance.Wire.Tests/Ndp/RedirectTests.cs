using Appliance.Wire.Ip;
using Appliance.Wire.Ndp;
using Appliance.Wire.Tests.Support;
using Xunit;

namespace Appliance.Wire.Tests.Ndp;

/// <summary>RFC 4861 §4.5 and §8.1.</summary>
public sealed class RedirectTests
{
    private const string Header = "89007013 00000000 fe800000000000000000000000000002 20010db8000100000000000000000009";

    // As scapy 2.5 makes it, from fe80::1: for 2001:db8:1::9 use fe80::2, whose link-layer address is told, and what was redirected.
    private const string Message = Header + "020100005e005302" + "0406000000000000" + Redirected;

    private const string Redirected = "6000000000003b40 20010db8000000000000000000000005 20010db8000100000000000000000009";

    [Fact]
    public void Every_field_of_a_message_is_read()
    {
        Assert.True(RedirectView.TryParse(Hex.Bytes(Message), out RedirectView view));
        Assert.Equal("fe80::2", view.Target.ToString());
        Assert.Equal("2001:db8:1::9", view.Destination.ToString());
        Assert.Equal(56, view.Options.Length);
    }

    [Fact]
    public void Options_of_a_message_are_read_in_their_order()
    {
        Assert.True(RedirectView.TryParse(Hex.Bytes(Message), out RedirectView view));
        var options = new NdpOptionReader(view.Options);
        Assert.True(options.MoveNext());
        Assert.True(options.Current.TryGetLinkLayerAddress(out var address));
        Assert.Equal((NdpOptionType.TargetLinkLayerAddress, "00:00:5e:00:53:02"), (options.Current.Type, address.ToString()));
        Assert.False(options.Current.TryGetRedirectedDatagram(out _));
        Assert.True(options.MoveNext());
        Assert.True(options.Current.TryGetRedirectedDatagram(out ReadOnlySpan<byte> datagram));
        Assert.Equal(Hex.Bytes(Redirected), datagram.ToArray());
        Assert.False(options.Current.TryGetLinkLayerAddress(out _));
        Assert.False(options.MoveNext());
        Assert.False(options.IsMalformed);
    }

    /// <summary>The reserved word "MUST be initialized to zero by the sender", whatever the bytes held before.</summary>
    [Fact]
    public void Fields_are_written_as_the_standard_draws_them()
    {
        Assert.True(Ipv6Address.TryParse("fe80::2", out Ipv6Address target));
        Assert.True(Ipv6Address.TryParse("2001:db8:1::9", out Ipv6Address destination));
        byte[] bytes = [.. Enumerable.Repeat((byte)0xff, RedirectView.HeaderLength)];
        new RedirectFields(target, destination).WriteTo(bytes);
        byte[] expected = Hex.Bytes(Header);
        (expected[2], expected[3]) = (0, 0);                            // the checksum is the caller's to complete
        Assert.Equal(expected, bytes);
    }

    [Fact]
    public void Fields_survive_the_wire()
    {
        var random = new Random(22);
        for (int round = 0; round < SeededValues.RoundTrips; round++)
        {
            var fields = new RedirectFields(random.NextIpv6(), random.NextIpv6());
            byte[] bytes = random.NextOctets(RedirectView.HeaderLength);
            fields.WriteTo(bytes);
            Assert.True(RedirectView.TryParse(bytes, out RedirectView view));
            Assert.Equal(fields, RedirectFields.From(view));
        }
    }

    [Fact]
    public void Every_truncation_is_refused() => Truncation.IsRefused<RedirectView>(RedirectView.TryParse, Hex.Bytes(Message), 40);

    [Fact]
    public void Only_type_137_is_one() => NdpTypes.IsTheOnly<RedirectView>(137, RedirectView.TryParse);

    [Theory]
    [InlineData("fe80::1", "fe80::2", "2001:db8:1::9", NdpVerdict.Valid)]
    [InlineData("fe80::1", "2001:db8:1::9", "2001:db8:1::9", NdpVerdict.Valid)]             // a neighbour after all
    [InlineData("fe80::1", "2001:db8:1::8", "2001:db8:1::9", NdpVerdict.RedirectTarget)]
    [InlineData("fe80::1", "fe80::2", "ff0e::9", NdpVerdict.GroupTarget)]
    [InlineData("fe80::1", "ff0e::9", "ff0e::9", NdpVerdict.GroupTarget)]
    [InlineData("2001:db8::1", "fe80::2", "2001:db8:1::9", NdpVerdict.SourceNotLinkLocal)]
    public void Each_rule_of_the_receiver_has_its_verdict(string source, string target, string destination, NdpVerdict verdict)
    {
        Assert.True(Ipv6Address.TryParse(source, out Ipv6Address from));
        Assert.True(Ipv6Address.TryParse(target, out Ipv6Address better));
        Assert.True(Ipv6Address.TryParse(destination, out Ipv6Address redirected));
        byte[] message = new byte[RedirectView.HeaderLength];
        new RedirectFields(better, redirected).WriteTo(message);
        Assert.Equal(verdict, NdpValidity.Judge(from, new Ipv6Address(5), 255, message));
        Assert.Equal(NdpVerdict.HopLimit, NdpValidity.Judge(from, new Ipv6Address(5), 254, message));
    }

    /// <summary>"ICMP length (derived from the IP length) is 40 or more octets"; and no option is cut.</summary>
    [Fact]
    public void Truncated_message_is_invalid_at_every_length() =>
        NdpTruncation.IsJudged(new Ipv6Address(new UInt128(0xfe80_0000_0000_0000, 1)), Hex.Bytes(Message), 40, [40, 48, 96]);
}
