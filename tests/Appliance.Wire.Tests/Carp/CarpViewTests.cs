using Appliance.Wire.Carp;
using Appliance.Wire.Ip;
using Appliance.Wire.Tests.Support;
using Xunit;

namespace Appliance.Wire.Tests.Carp;

public sealed class CarpViewTests
{
    /// <summary>What a running ucarp 1.5.2 (password "love", vhid 42, 192.0.2.10) sent from 192.0.2.2.</summary>
    private const string Sent =
        "45100038f2a54000ff70e68ac0000202e0000012 212a00070001d4e1 6221092efd5a493f 1a00cc10c8bcc5825b50fddb82c5cb8ac6e5754f";

    /// <summary>What it accepted, in FreeBSD's form.</summary>
    private const string Accepted =
        "45e0003800004000ff70d85fc0000203e0000012 212a00070001b511 0123456789abcdef da8e91de668a9d9bc65dc3a145a83bdc6787a7f7";

    [Fact]
    public void Every_field_of_a_real_advertisement_is_read()
    {
        Assert.True(CarpView.TryParse(Hex.Bytes(Sent).AsSpan(Ipv4View.MinHeaderLength), out CarpView view));
        Assert.Equal((2, 1, 42), (view.Version, view.Type, view.Vhid));
        Assert.Equal((1, 0), (view.AdvertisementBaseSeconds, view.AdvertisementSkew));
        Assert.Equal((7, 0), (view.AuthenticationLength, view.Demotion));
        Assert.Equal(0xd4e1, view.Checksum);
        Assert.Equal(0x6221_092e_fd5a_493ful, view.Counter);
        Assert.Equal("1a00cc10c8bcc5825b50fddb82c5cb8ac6e5754f", Convert.ToHexStringLower(view.Digest));
        Assert.True(view.IsChecksumValid);
    }

    [Fact]
    public void A_real_advertisement_verifies()
    {
        Assert.True(CarpView.TryParse(Hex.Bytes(Sent).AsSpan(Ipv4View.MinHeaderLength), out CarpView view));
        Assert.True(Love("192.0.2.10").Verifies(view));
        Assert.False(Love("192.0.2.11").Verifies(view));
    }

    [Fact]
    public void What_is_written_is_what_ucarp_accepted()
    {
        byte[] message = new byte[CarpView.HeaderLength];
        Love("192.0.2.10").Sign(new CarpFields(Vhid: 42, AdvertisementBaseSeconds: 1, AdvertisementSkew: 0, 0x0123_4567_89ab_cdef)
            .WriteTo(message));
        Assert.Equal(Convert.ToHexStringLower(Hex.Bytes(Accepted).AsSpan(Ipv4View.MinHeaderLength)), Convert.ToHexStringLower(message));
    }

    [Fact]
    public void Fewer_than_36_bytes_are_refused() =>
        Truncation.IsRefused<CarpView>(CarpView.TryParse, Hex.Bytes(Sent)[Ipv4View.MinHeaderLength..], CarpView.HeaderLength);

    [Fact]
    public void Bytes_behind_the_message_are_not_summed()
    {
        byte[] longer = [.. Hex.Bytes(Sent)[Ipv4View.MinHeaderLength..], 1, 2, 3, 4];
        Assert.True(CarpView.TryParse(longer, out CarpView view));
        Assert.True(view.IsChecksumValid);
    }

    [Fact]
    public void Fields_survive_writing_and_reading()
    {
        var random = new Random(1);
        byte[] bytes = new byte[CarpView.HeaderLength];
        for (int round = 0; round < SeededValues.RoundTrips; round++)
        {
            random.NextBytes(bytes);                                  // what was there before must not shine through
            var fields = new CarpFields(random.NextByte(), random.NextByte(), random.NextByte(), (ulong)random.NextInt64())
            {
                Demotion = random.NextByte(),
            };
            CarpView view = fields.WriteTo(bytes);
            Assert.Equal(fields, CarpFields.From(view));
            Assert.Equal((2, 1, 7), (view.Version, view.Type, view.AuthenticationLength));
            Assert.Equal(new byte[CarpView.DigestLength], view.Digest.ToArray());
        }
    }

    [Fact]
    public void Version_and_type_share_a_byte_and_are_set_apart()
    {
        CarpView view = new CarpFields(1, 1, 0, 0).WriteTo(new byte[CarpView.HeaderLength]);
        view.Version = 0xf;
        Assert.Equal((15, 1), (view.Version, view.Type));
        view.Type = 0;
        Assert.Equal((15, 0), (view.Version, view.Type));
    }

    [Fact]
    public void Groups_and_virtual_addresses_are_those_of_the_standard()
    {
        Assert.Equal("224.0.0.18", CarpAddresses.Ipv4Group.ToString());
        Assert.Equal("ff02::12", CarpAddresses.Ipv6Group.ToString());
        Assert.Equal("01:00:5e:00:00:12", CarpAddresses.Ipv4GroupMac.ToString());
        Assert.Equal("33:33:00:00:00:12", CarpAddresses.Ipv6GroupMac.ToString());
        Assert.Equal("00:00:5e:00:01:ff", CarpAddresses.VirtualMac(255).ToString());
        Assert.Equal("00:00:5e:00:00:2a", CarpAddresses.UcarpSource(42).ToString());
    }

    private static CarpHmac Love(string address)
    {
        Assert.True(IpAddress.TryParse(address, out IpAddress virtualAddress));
        Assert.True(CarpKey.TryCreate("love"u8, out CarpKey? key));
        return CarpHmac.Of(key, 42, [virtualAddress]);
    }
}
