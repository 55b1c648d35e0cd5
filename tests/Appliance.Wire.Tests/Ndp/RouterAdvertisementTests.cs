using Appliance.Wire.Ip;
using Appliance.Wire.Ndp;
using Appliance.Wire.Tests.Support;
using Xunit;

namespace Appliance.Wire.Tests.Ndp;

/// <summary>RFC 4861 §4.2 and §6.1.2.</summary>
public sealed class RouterAdvertisementTests
{
    // zeek's icmp6-nd-options.pcap, frame 3: source link-layer address, MTU, prefix information.
    private const string Message = "8600c4fe 40000708 00000000 00000000" + "0101c20054f50000" + "05010000000005dc"
        + "030440c0 00278d00 00093a80 00000000 20010db8000000010000000000000000";

    [Fact]
    public void Every_field_of_a_real_message_is_read()
    {
        Assert.True(RouterAdvertisementView.TryParse(Hex.Bytes(Message), out RouterAdvertisementView view));
        Assert.Equal(64, view.CurrentHopLimit);
        Assert.False(view.IsManagedConfiguration);
        Assert.False(view.IsOtherConfiguration);
        Assert.Equal(1800, view.RouterLifetimeSeconds);
        Assert.Equal(0u, view.ReachableTimeMilliseconds);
        Assert.Equal(0u, view.RetransmitTimerMilliseconds);
        Assert.Equal(48, view.Options.Length);
    }

    [Fact]
    public void Options_of_a_real_message_are_read_in_their_order()
    {
        Assert.True(RouterAdvertisementView.TryParse(Hex.Bytes(Message), out RouterAdvertisementView view));
        var options = new NdpOptionReader(view.Options);
        Assert.True(options.MoveNext());
        Assert.True(options.Current.TryGetLinkLayerAddress(out var address));
        Assert.Equal((NdpOptionType.SourceLinkLayerAddress, 0, "c2:00:54:f5:00:00"),
            (options.Current.Type, options.Current.Offset, address.ToString()));
        Assert.True(options.MoveNext());
        Assert.True(options.Current.TryGetMtu(out uint mtu));
        Assert.Equal((NdpOptionType.Mtu, 8, 1500u), (options.Current.Type, options.Current.Offset, mtu));
        Assert.False(options.Current.TryGetPrefix(out _));
        Assert.True(options.MoveNext());
        Assert.True(options.Current.TryGetPrefix(out NdpPrefixInformation prefix));
        Assert.Equal((NdpOptionType.PrefixInformation, 16, "2001:db8:0:1::"),
            (options.Current.Type, options.Current.Offset, prefix.Prefix.ToString()));
        Assert.False(options.Current.TryGetMtu(out _));
        Assert.False(options.MoveNext());
        Assert.False(options.IsMalformed);
    }

    /// <summary>Defaults of RFC 4861 §6.2.1 and §10; the bytes are those of scapy 2.5 without the checksum.</summary>
    [Theory]
    [InlineData(false, false, "86000000 40000708 00007530 000003e8")]
    [InlineData(true, false, "86000000 40800708 00007530 000003e8")]
    [InlineData(false, true, "86000000 40400708 00007530 000003e8")]
    [InlineData(true, true, "86000000 40c00708 00007530 000003e8")]
    public void Fields_are_written_as_the_standard_draws_them(bool managed, bool other, string expected)
    {
        var fields = new RouterAdvertisementFields(64, managed, other, 1800, 30_000, 1000);
        byte[] bytes = [.. Enumerable.Repeat((byte)0xff, RouterAdvertisementView.HeaderLength)];
        fields.WriteTo(bytes);
        Assert.Equal(Hex.Bytes(expected), bytes);
    }

    /// <summary>The home agent bit (RFC 6275 §7.1) and the router preference (RFC 4191 §2.2) are others' to set.</summary>
    [Fact]
    public void Setting_a_flag_leaves_the_others()
    {
        byte[] bytes = Hex.Bytes(Message);
        bytes[5] = 0x38;
        Assert.True(RouterAdvertisementView.TryParse(bytes, out RouterAdvertisementView view));
        view.IsManagedConfiguration = true;
        Assert.Equal(0xb8, bytes[5]);
        view.IsOtherConfiguration = true;
        Assert.Equal(0xf8, bytes[5]);
        view.IsManagedConfiguration = false;
        Assert.Equal(0x78, bytes[5]);
        view.IsOtherConfiguration = false;
        Assert.Equal(0x38, bytes[5]);
    }

    [Fact]
    public void Fields_survive_the_wire()
    {
        var random = new Random(21);
        for (int round = 0; round < SeededValues.RoundTrips; round++)
        {
            var fields = new RouterAdvertisementFields(
                random.NextByte(), random.NextBool(), random.NextBool(), random.NextUShort(), random.NextUInt(), random.NextUInt());
            byte[] bytes = random.NextOctets(RouterAdvertisementView.HeaderLength);
            fields.WriteTo(bytes);
            Assert.True(RouterAdvertisementView.TryParse(bytes, out RouterAdvertisementView view));
            Assert.Equal(fields, RouterAdvertisementFields.From(view));
        }
    }

    [Fact]
    public void Every_truncation_is_refused() =>
        Truncation.IsRefused<RouterAdvertisementView>(RouterAdvertisementView.TryParse, Hex.Bytes(Message), 16);

    [Fact]
    public void Only_type_134_is_one() => NdpTypes.IsTheOnly<RouterAdvertisementView>(134, RouterAdvertisementView.TryParse);

    [Theory]
    [InlineData("fe80::1", 255, 0, NdpVerdict.Valid)]
    [InlineData("2001:db8::1", 255, 0, NdpVerdict.SourceNotLinkLocal)]
    [InlineData("::", 255, 0, NdpVerdict.SourceNotLinkLocal)]
    [InlineData("fe80::1", 254, 0, NdpVerdict.HopLimit)]
    [InlineData("fe80::1", 255, 1, NdpVerdict.Code)]
    public void Each_rule_of_the_receiver_has_its_verdict(string source, int hopLimit, int code, NdpVerdict verdict)
    {
        Assert.True(Ipv6Address.TryParse(source, out Ipv6Address from));
        Assert.True(Ipv6Address.TryParse("ff02::1", out Ipv6Address allNodes));
        byte[] message = Hex.Bytes(Message);
        message[1] = (byte)code;
        Assert.Equal(verdict, NdpValidity.Judge(from, allNodes, (byte)hopLimit, message));
    }

    /// <summary>"ICMP length (derived from the IP length) is 16 or more octets"; and no option is cut.</summary>
    [Fact]
    public void Truncated_message_is_invalid_at_every_length() =>
        NdpTruncation.IsJudged(new Ipv6Address(new UInt128(0xfe80_0000_0000_0000, 1)), Hex.Bytes(Message), 16, [16, 24, 32, 64]);
}
