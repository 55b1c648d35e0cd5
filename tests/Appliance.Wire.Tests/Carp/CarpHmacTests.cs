using System.Security.Cryptography;
using System.Text;
using Appliance.Wire.Carp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Tests.Support;
using Xunit;

namespace Appliance.Wire.Tests.Carp;

/// <summary>The proof as FreeBSD makes it (netinet/ip_carp.c): known answers, and a twin written from the layout.</summary>
public sealed class CarpHmacTests
{
    private const ulong Counter = 0x0123_4567_89ab_cdef;

    /// <summary>The first answer was accepted by a running ucarp 1.5.2.</summary>
    public static TheoryData<string, int, string, string> KnownAnswers => new()
    {
        { "love", 42, "192.0.2.10", "da8e91de668a9d9bc65dc3a145a83bdc6787a7f7" },
        { "foobar", 1, "192.0.2.254 192.0.2.10 10.0.0.1", "21536ec30afe334c6bcdb7492a92931483f9c113" },
        { "foobar", 1, "192.0.2.254 2001:db8::1 fe80::1", "e19afdfa0f3afb24bb668179924da2426746648d" },
        { "", 1, "192.0.2.1", "20b8506481741e4bf43652a1759ae57b50ca44c2" },
    };

    [Theory]
    [MemberData(nameof(KnownAnswers))]
    public void Known_answers_come_out(string password, int vhid, string addresses, string digest) =>
        Assert.Equal(digest, Digest(Hmac(password, (byte)vhid, addresses)));

    [Fact]
    public void The_order_of_addresses_and_their_repetition_do_not_matter() =>
        Assert.Equal(
            Digest(Hmac("foobar", 1, "10.0.0.1 192.0.2.10 fe80::1 2001:db8::1")),
            Digest(Hmac("foobar", 1, "2001:db8::1 192.0.2.10 10.0.0.1 fe80::1 192.0.2.10 2001:db8::1")));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void The_ends_of_both_address_spaces_are_never_covered(string address) =>
        Assert.Equal(Digest(Hmac("foobar", 1, "192.0.2.1")), Digest(Hmac("foobar", 1, $"192.0.2.1 {address}")));

    [Theory]
    [InlineData("fe80::1", "fe80:7::1")]                              // the second group is where a kernel keeps the scope
    [InlineData("ff02::1", "ff02:7::1")]
    [InlineData("ff01::1", "ff01:7::1")]
    public void The_embedded_scope_of_an_address_counts_as_zero(string plain, string scoped) =>
        Assert.Equal(Digest(Hmac("foobar", 1, plain)), Digest(Hmac("foobar", 1, scoped)));

    [Theory]
    [InlineData("2001:db8::1", "2001:0::1")]
    [InlineData("ff05::1", "ff05:7::1")]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1")]                     // mapped: an IPv6 address of 16 bytes
    public void Other_addresses_count_as_they_are(string one, string other) =>
        Assert.NotEqual(Digest(Hmac("foobar", 1, one)), Digest(Hmac("foobar", 1, other)));

    [Fact]
    public void OpenBSD_leaves_link_local_addresses_out_of_what_it_sends()
    {
        string without = Digest(Hmac("foobar", 1, "192.0.2.254 2001:db8::1"));
        Assert.Equal(without, Digest(Hmac("foobar", 1, "192.0.2.254 2001:db8::1 fe80::1", CarpDigestForm.WithoutLinkLocal)));
        Assert.NotEqual(without, Digest(Hmac("foobar", 1, "192.0.2.254 2001:db8::1 fe80::1")));
    }

    [Fact]
    public void A_MAC_address_of_its_own_stands_between_vhid_and_addresses()
    {
        var mac = new MacAddress(0x02_00_00_00_00_07);
        byte[] message = Hex.Bytes("02 01 07 020000000007 c0000201 0123456789abcdef");
        Assert.True(CarpKey.TryCreate("key"u8, out CarpKey? key));
        Assert.Equal(Slow("key"u8, message), Digest(CarpHmac.Of(key, 7, Addresses("192.0.2.1"), default, mac)));
    }

    [Fact]
    public void Every_bit_of_every_input_changes_the_digest()
    {
        const string Addresses = "192.0.2.1 2001:db8::1";
        var digests = new HashSet<string>(StringComparer.Ordinal) { Digest(Hmac("key", 1, Addresses)) };
        for (int bit = 0; bit < 8; bit++) Assert.True(digests.Add(Digest(Hmac("key", (byte)(1 ^ (1 << bit)), Addresses))));
        for (int bit = 0; bit < 64; bit++) Assert.True(digests.Add(Digest(Hmac("key", 1, Addresses), Counter ^ (1ul << bit))));
        for (int bit = 0; bit < 32; bit++) Assert.True(digests.Add(Digest(Hmac("key", 1, new Ipv4Address(0xc000_0201 ^ (1u << bit))))));
        for (int bit = 0; bit < 7; bit++) Assert.True(digests.Add(Digest(Hmac($"ke{(char)('y' ^ (1 << bit))}", 1, Addresses))));
        Assert.Equal(1 + 8 + 64 + 32 + 7, digests.Count);
    }

    [Fact]
    public void Random_groups_have_the_digest_of_the_slow_twin()
    {
        var random = new Random(5);
        for (int round = 0; round < 300; round++)
        {
            int length = random.Next(1, CarpKey.MaxPasswordLength + 1);
            byte[] password = [.. Enumerable.Range(0, length).Select(_ => (byte)random.Next(1, 256))];
            IpAddress[] addresses = [.. Enumerable.Range(0, random.Next(CarpHmac.MaxAddresses + 1)).Select(_ => Draw(random))];
            byte vhid = random.NextByte();
            ulong counter = (ulong)random.NextInt64();
            Assert.True(CarpKey.TryCreate(password, out CarpKey? key));
            Assert.Equal(Slow(password, Message(vhid, addresses, counter)), Digest(CarpHmac.Of(key, vhid, addresses), counter));
        }
    }

    [Fact]
    public void What_is_signed_verifies_and_no_flipped_bit_of_counter_or_digest_does()
    {
        CarpHmac hmac = Hmac("love", 42, "192.0.2.10");
        byte[] message = new byte[CarpView.HeaderLength];
        hmac.Sign(new CarpFields(42, 1, 0, Counter).WriteTo(message));
        for (int bit = 8 * 8; bit < 8 * CarpView.HeaderLength; bit++)
        {
            byte[] forged = [.. message];
            forged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(CarpView.TryParse(forged, out CarpView view));
            Assert.False(hmac.Verifies(view));
            Assert.False(view.IsChecksumValid);
        }

        Assert.True(CarpView.TryParse(message, out CarpView whole));
        Assert.True(hmac.Verifies(whole) && whole.IsChecksumValid);
    }

    [Fact]
    public void Skew_and_base_are_not_covered_as_everywhere()
    {
        CarpHmac hmac = Hmac("love", 42, "192.0.2.10");
        CarpView view = new CarpFields(42, 1, 0, Counter).WriteTo(new byte[CarpView.HeaderLength]);
        hmac.Sign(view);
        view.AdvertisementSkew = 254;
        view.AdvertisementBaseSeconds = 0;
        view.CompleteChecksum();
        Assert.True(hmac.Verifies(view) && view.IsChecksumValid);
    }

    [Fact]
    public void Two_proofs_are_the_same_when_key_and_identity_are()
    {
        CarpHmac hmac = Hmac("love", 42, "192.0.2.10 192.0.2.11");
        Assert.True(hmac.IsSameAs(Hmac("love", 42, "192.0.2.11 192.0.2.10")));
        Assert.False(hmac.IsSameAs(Hmac("hate", 42, "192.0.2.11 192.0.2.10")));
        Assert.False(hmac.IsSameAs(Hmac("love", 43, "192.0.2.11 192.0.2.10")));
        Assert.False(hmac.IsSameAs(Hmac("love", 42, "192.0.2.11")));
    }

    private static CarpHmac Hmac(string password, byte vhid, string addresses, CarpDigestForm form = default) =>
        CarpHmac.Of(Key(password), vhid, Addresses(addresses), form);

    private static CarpHmac Hmac(string password, byte vhid, IpAddress address) => CarpHmac.Of(Key(password), vhid, [address]);

    private static CarpKey Key(string password) =>
        CarpKey.TryCreate(Encoding.UTF8.GetBytes(password), out CarpKey? key) ? key : CarpKey.None;

    private static IpAddress[] Addresses(string text) => [.. text.Split(' ').Select(word =>
    {
        Assert.True(IpAddress.TryParse(word, out IpAddress address));
        return address;
    })];

    private static string Digest(CarpHmac hmac, ulong counter = Counter)
    {
        byte[] digest = new byte[CarpView.DigestLength];
        hmac.Compute(counter, digest);
        return Convert.ToHexStringLower(digest);
    }

    /// <summary>Some from a few, so that there are equal ones, and some with a scope.</summary>
    private static IpAddress Draw(Random random) => random.Next(4) switch
    {
        0 => random.NextIpv4(),
        1 => new Ipv4Address(0x0a00_0000u + (uint)random.Next(64)),
        2 => random.NextIpv6(),
        _ => new Ipv6Address(((UInt128)(0xfe80_0000 + (uint)random.Next(8)) << 96) | (uint)random.Next(64)),
    };

    /// <summary>The message by the drawing in <see cref="CarpHmac"/>, on text: sorted as hexadecimal, duplicates out.</summary>
    private static byte[] Message(byte vhid, IpAddress[] addresses, ulong counter)
    {
        string[] v4 = [.. addresses.Where(a => !a.IsV6).Select(a => $"{(uint)a.Bits:x8}")];
        string[] v6 = [.. addresses.Where(a => a.IsV6).Select(a => $"{a.Bits:x32}").Select(Unscoped)];
        IEnumerable<string> sorted = v4.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Concat(v6.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        return Hex.Bytes($"0201{vhid:x2}{string.Concat(sorted)}{counter:x16}");
    }

    private static string Unscoped(string hex)
    {
        bool hasScope = hex[..3] is "fe8" or "fe9" or "fea" or "feb" || (hex[..2] is "ff" && hex[3] is '1' or '2');
        return hasScope ? $"{hex[..4]}0000{hex[8..]}" : hex;
    }

    private static string Slow(ReadOnlySpan<byte> password, byte[] message)
    {
        byte[] inner = new byte[64], outer = new byte[64];
        Array.Fill(inner, (byte)0x36);
        Array.Fill(outer, (byte)0x5c);
        for (int i = 0; i < password.Length; i++)
        {
            inner[i] ^= password[i];
            outer[i] ^= password[i];
        }

#pragma warning disable CA5350 // the twin of what CARP does
        return Convert.ToHexStringLower(SHA1.HashData([.. outer, .. SHA1.HashData([.. inner, .. message])]));
#pragma warning restore CA5350
    }
}
