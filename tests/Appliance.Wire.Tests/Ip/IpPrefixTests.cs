using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Wire.Tests.Ip;

public sealed class IpPrefixTests
{
    [Theory]
    [InlineData("0.0.0.0/0", "255.1.2.3", true)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("::/0", "10.0.0.1", false)]
    [InlineData("192.168.1.1/24", "192.168.1.255", true)]
    [InlineData("192.168.1.1/24", "192.168.2.0", false)]
    [InlineData("192.168.1.1/32", "192.168.1.1", true)]
    [InlineData("192.168.1.1/32", "192.168.1.0", false)]
    [InlineData("2001:db8::/1", "7fff::", true)]
    [InlineData("2001:db8::/1", "8000::", false)]
    [InlineData("2001:db8::1/128", "2001:db8::1", true)]
    [InlineData("2001:db8::1/128", "2001:db8::2", false)]
    public void Contains_what_shares_its_network_bits(string prefix, string address, bool contains)
    {
        Assert.True(IpPrefix.TryParse(prefix, out IpPrefix parsed));
        Assert.True(IpAddress.TryParse(address, out IpAddress other));
        Assert.Equal(contains, parsed.Contains(other));
    }

    [Theory]
    [InlineData("203.0.113.7/0", "0.0.0.0/0")]
    [InlineData("203.0.113.7/25", "203.0.113.0/25")]
    [InlineData("203.0.113.7/32", "203.0.113.7/32")]
    [InlineData("2001:db8::1/0", "::/0")]
    [InlineData("2001:db8:0:ffff::1/63", "2001:db8:0:fffe::/63")]
    [InlineData("2001:db8::1/128", "2001:db8::1/128")]
    public void Canonical_form_has_no_host_bits(string prefix, string canonical)
    {
        Assert.True(IpPrefix.TryParse(prefix, out IpPrefix parsed));
        Assert.Equal(canonical, parsed.Canonical.ToString());
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.1.0.0/16", true)]
    [InlineData("10.1.0.0/16", "10.0.0.0/8", true)]
    [InlineData("10.0.0.0/9", "10.128.0.0/9", false)]
    [InlineData("::/0", "2001:db8::/32", true)]
    [InlineData("0.0.0.0/0", "::/0", false)]
    public void Overlap_is_symmetric_and_within_a_family(string left, string right, bool overlaps)
    {
        Assert.True(IpPrefix.TryParse(left, out IpPrefix one));
        Assert.True(IpPrefix.TryParse(right, out IpPrefix other));
        Assert.Equal(overlaps, one.Overlaps(other));
        Assert.Equal(overlaps, other.Overlaps(one));
    }

    [Theory]
    [InlineData("192.168.1.1/24", "192.168.1.255")]
    [InlineData("192.168.1.1/30", "192.168.1.3")]
    [InlineData("192.168.1.1/31", null)]
    [InlineData("192.168.1.1/32", null)]
    [InlineData("2001:db8::1/64", null)]
    public void Broadcast_exists_down_to_30_bits_of_ipv4(string prefix, string? broadcast)
    {
        Assert.True(IpPrefix.TryParse(prefix, out IpPrefix parsed));
        Assert.Equal(broadcast, parsed.TryGetBroadcast(out Ipv4Address found) ? found.ToString() : null);
    }

    [Theory]
    [InlineData("10.0.0.0")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/08")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0/8")]
    [InlineData("::/129")]
    [InlineData("::1%eth0/64")]
    public void Malformed_text_is_refused(string text) => Assert.False(IpPrefix.TryParse(text, out _));
}
