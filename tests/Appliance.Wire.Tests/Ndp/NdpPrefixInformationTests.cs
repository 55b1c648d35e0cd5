using Appliance.Wire.Ip;
using Appliance.Wire.Ndp;
using Appliance.Wire.Tests.Support;
using Xunit;

namespace Appliance.Wire.Tests.Ndp;

/// <summary>RFC 4861 §4.6.2.</summary>
public sealed class NdpPrefixInformationTests
{
    // The lifetimes are the defaults of §6.2.1: 30 days and 7 days. The same bytes as scapy 2.5 makes.
    private const string Option = "03 04 40 c0 00278d00 00093a80 00000000 20010db8000100000000000000000000";

    [Fact]
    public void Every_field_of_an_option_is_read()
    {
        Assert.True(TryRead(Hex.Bytes(Option), out NdpPrefixInformation prefix));
        Assert.Equal(64, prefix.PrefixLength);
        Assert.True(prefix.IsOnLink);
        Assert.True(prefix.IsAutonomous);
        Assert.Equal(30u * 86_400, prefix.ValidLifetimeSeconds);
        Assert.Equal(7u * 86_400, prefix.PreferredLifetimeSeconds);
        Assert.Equal("2001:db8:1::", prefix.Prefix.ToString());
    }

    // tcpdump's icmpv6.pcap, frame 1.
    [Fact]
    public void A_real_option_with_a_prefix_of_72_bits_is_read()
    {
        byte[] option = Hex.Bytes("030448c0 00278d00 00093a80 00000000 22223333444455556600000000000000");
        Assert.True(TryRead(option, out NdpPrefixInformation prefix));
        Assert.Equal((72, "2222:3333:4444:5555:6600::"), (prefix.PrefixLength, prefix.Prefix.ToString()));
    }

    /// <summary>The bits behind L and A, and the second reserved field, "MUST be ignored by the receiver".</summary>
    [Theory]
    [InlineData(0x00, false, false)]
    [InlineData(0x80, true, false)]
    [InlineData(0x40, false, true)]
    [InlineData(0x3f, false, false)]
    [InlineData(0xff, true, true)]
    public void Flags_are_read_apart_and_reserved_bits_are_ignored(int flags, bool onLink, bool autonomous)
    {
        byte[] option = Hex.Bytes(Option);
        option[3] = (byte)flags;
        option.AsSpan(12, 4).Fill(0xff);
        Assert.True(TryRead(option, out NdpPrefixInformation prefix));
        Assert.True(TryRead(Hex.Bytes(Option), out NdpPrefixInformation plain));
        Assert.Equal(plain with { IsOnLink = onLink, IsAutonomous = autonomous }, prefix);
    }

    /// <summary>Reserved bits "MUST be initialized to zero by the sender"; of a lifetime, all one bits are "infinity".</summary>
    [Theory]
    [InlineData(true, false, "03 04 30 80 ffffffff fffffffe 00000000 20010db8000100000000000000000000")]
    [InlineData(false, true, "03 04 30 40 ffffffff fffffffe 00000000 20010db8000100000000000000000000")]
    [InlineData(false, false, "03 04 30 00 ffffffff fffffffe 00000000 20010db8000100000000000000000000")]
    public void It_is_written_as_the_standard_draws_it(bool onLink, bool autonomous, string expected)
    {
        byte[] bytes = [.. Enumerable.Repeat((byte)0xff, NdpPrefixInformation.Length)];
        new NdpPrefixInformation
        {
            PrefixLength = 48,
            IsOnLink = onLink,
            IsAutonomous = autonomous,
            ValidLifetimeSeconds = uint.MaxValue,
            PreferredLifetimeSeconds = uint.MaxValue - 1,
            Prefix = new Ipv6Address(new UInt128(0x2001_0db8_0001_0000, 0)),
        }.WriteTo(bytes);
        Assert.Equal(Hex.Bytes(expected), bytes);
    }

    [Fact]
    public void It_survives_the_wire()
    {
        var random = new Random(23);
        for (int round = 0; round < SeededValues.RoundTrips; round++)
        {
            var written = new NdpPrefixInformation
            {
                PrefixLength = (byte)random.Next(129),
                IsOnLink = random.NextBool(),
                IsAutonomous = random.NextBool(),
                ValidLifetimeSeconds = random.NextUInt(),
                PreferredLifetimeSeconds = random.NextUInt(),
                Prefix = random.NextIpv6(),
            };
            byte[] bytes = random.NextOctets(NdpPrefixInformation.Length);
            written.WriteTo(bytes);
            Assert.True(TryRead(bytes, out NdpPrefixInformation read));
            Assert.Equal(written, read);
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(128, true)]
    [InlineData(129, false)]
    [InlineData(255, false)]
    public void A_prefix_has_at_most_128_bits(int prefixLength, bool taken)
    {
        byte[] option = Hex.Bytes(Option);
        option[2] = (byte)prefixLength;
        Assert.Equal(taken, TryRead(option, out _));
    }

    /// <summary>Its length is always 4 units of 8 bytes: no other is a prefix, nor is another type.</summary>
    [Theory]
    [InlineData(0, 2)]
    [InlineData(0, 4)]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(1, 5)]
    public void Another_type_or_length_is_no_prefix(int changedByte, int value)
    {
        byte[] option = [.. Hex.Bytes(Option), .. new byte[8]];
        option[changedByte] = (byte)value;
        var reader = new NdpOptionReader(option);
        Assert.True(reader.MoveNext());
        Assert.Equal((byte)value, changedByte == 0 ? (byte)reader.Current.Type : (reader.Current.Value.Length + 2) / 8);
        Assert.False(reader.Current.TryGetPrefix(out _));
    }

    [Fact]
    public void Every_truncation_is_malformed()
    {
        byte[] option = Hex.Bytes(Option);
        for (int length = 0; length <= option.Length; length++)
        {
            var reader = new NdpOptionReader(option.AsSpan(0, length));
            Assert.Equal(length == option.Length, reader.MoveNext());
            Assert.Equal(length > 0 && length < option.Length, reader.IsMalformed);
        }
    }

    private static bool TryRead(byte[] option, out NdpPrefixInformation prefix)
    {
        var reader = new NdpOptionReader(option);
        prefix = default;
        return reader.MoveNext() && reader.Current.TryGetPrefix(out prefix);
    }
}
