using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Ndp;
using Appliance.Wire.Tests.Support;
using Xunit;

namespace Appliance.Wire.Tests.Ndp;

/// <summary>RFC 4861 §4.1 and §6.1.1.</summary>
public sealed class RouterSolicitationTests
{
    // As scapy 2.5 makes it: from fe80::200:5eff:fe00:5301 to all routers.
    private const string Message = "8500192b 00000000 010100005e005301";

    [Fact]
    public void Every_field_of_a_message_is_read()
    {
        Assert.True(RouterSolicitationView.TryParse(Hex.Bytes(Message), out RouterSolicitationView view));
        Assert.Equal("00:00:5e:00:53:01", view.SourceLinkLayerAddress.ToString());
        Assert.Equal("010100005e005301", Convert.ToHexStringLower(view.Options));
    }

    /// <summary>The address of a target is not the asker's; of two the first counts.</summary>
    [Theory]
    [InlineData("", null)]
    [InlineData("020100005e005302", null)]
    [InlineData("020100005e005302 010100005e005301", "00:00:5e:00:53:01")]
    [InlineData("010100005e005303 010100005e005301", "00:00:5e:00:53:03")]
    public void Source_address_is_found_among_the_options(string options, string? address)
    {
        Assert.True(RouterSolicitationView.TryParse(Hex.Bytes("85000000 00000000" + options), out RouterSolicitationView view));
        Assert.Equal(address, view.SourceLinkLayerAddress?.ToString());
    }

    /// <summary>The reserved word "MUST be initialized to zero by the sender", whatever the bytes held before.</summary>
    [Theory]
    [InlineData(0x0000_5e00_5301, "85000000 00000000 010100005e005301")]
    [InlineData(-1, "85000000 00000000")]
    public void Fields_are_written_as_the_standard_draws_them(long mac, string expected)
    {
        var fields = new RouterSolicitationFields(mac < 0 ? null : new MacAddress((ulong)mac));
        byte[] bytes = [.. Enumerable.Repeat((byte)0xff, fields.Length)];
        Assert.Equal(bytes.Length - RouterSolicitationView.HeaderLength, fields.WriteTo(bytes).Options.Length);
        Assert.Equal(Hex.Bytes(expected), bytes);
    }

    [Fact]
    public void Fields_survive_the_wire()
    {
        var random = new Random(20);
        for (int round = 0; round < SeededValues.RoundTrips; round++)
        {
            var fields = new RouterSolicitationFields(random.NextBool() ? random.NextMac() : null);
            byte[] bytes = random.NextOctets(fields.Length);
            fields.WriteTo(bytes);
            Assert.True(RouterSolicitationView.TryParse(bytes, out RouterSolicitationView view));
            Assert.Equal(fields, RouterSolicitationFields.From(view));
        }
    }

    [Fact]
    public void Every_truncation_is_refused() =>
        Truncation.IsRefused<RouterSolicitationView>(RouterSolicitationView.TryParse, Hex.Bytes(Message), 8);

    [Fact]
    public void Only_type_133_is_one() => NdpTypes.IsTheOnly<RouterSolicitationView>(133, RouterSolicitationView.TryParse);

    [Theory]
    [InlineData("fe80::1", "", 255, NdpVerdict.Valid)]
    [InlineData("fe80::1", "010100005e005301", 255, NdpVerdict.Valid)]
    [InlineData("2001:db8::5", "010100005e005301", 255, NdpVerdict.Valid)]
    [InlineData("::", "", 255, NdpVerdict.Valid)]
    [InlineData("::", "020100005e005301", 255, NdpVerdict.Valid)]
    [InlineData("::", "010100005e005301", 255, NdpVerdict.LinkLayerAddressOfUnspecified)]
    [InlineData("fe80::1", "", 254, NdpVerdict.HopLimit)]
    [InlineData("fe80::1", "010000005e005301", 255, NdpVerdict.Option)]
    public void Each_rule_of_the_receiver_has_its_verdict(string source, string options, int hopLimit, NdpVerdict verdict)
    {
        Assert.True(Ipv6Address.TryParse(source, out Ipv6Address from));
        Assert.True(Ipv6Address.TryParse("ff02::2", out Ipv6Address allRouters));
        Assert.Equal(verdict, NdpValidity.Judge(from, allRouters, (byte)hopLimit, Hex.Bytes("85000000 00000000" + options)));
    }

    /// <summary>"ICMP length (derived from the IP length) is 8 or more octets"; and no option is cut.</summary>
    [Fact]
    public void Truncated_message_is_invalid_at_every_length() =>
        NdpTruncation.IsJudged(new Ipv6Address(new UInt128(0xfe80_0000_0000_0000, 1)), Hex.Bytes(Message), 8, [8, 16]);
}
