using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Wire.Tests.Ip;

/// <summary>Groups: RFC 4291 §2.7.1 has the example of a solicited-node group, RFC 2464 §7 the rule for its MAC address.</summary>
public sealed class Ipv6AddressTests
{
    [Fact]
    public void An_address_has_its_solicited_node_group()
    {
        Assert.True(Ipv6Address.TryParse("4037::01:800:200e:8c6c", out Ipv6Address address));
        Assert.Equal("ff02::1:ff0e:8c6c", address.SolicitedNode.ToString());
        Assert.Equal("33:33:ff:0e:8c:6c", address.SolicitedNode.GroupMac.ToString());
    }

    [Fact]
    public void All_nodes_have_a_group()
    {
        Assert.Equal("ff02::1", Ipv6Address.AllNodes.ToString());
        Assert.Equal("33:33:00:00:00:01", Ipv6Address.AllNodes.GroupMac.ToString());
    }

    /// <summary>All of whose halves fold to the same 32 bits, as anyone can choose them.</summary>
    [Fact]
    public void Addresses_that_were_chosen_to_collide_do_not()
    {
        const ulong Prefix = 0x2001_0db8_0000_0000;
        Ipv6Address[] chosen = [.. Enumerable.Range(1, 1000).Select(i => new Ipv6Address(Prefix, ((ulong)i << 32) | (uint)i))];
        Assert.InRange(chosen.Select(address => address.GetHashCode()).Distinct().Count(), 990, 1000);
        Assert.InRange(chosen.Select(address => ((IpAddress)address).GetHashCode()).Distinct().Count(), 990, 1000);
    }

    [Fact]
    public void Order_and_bits_are_those_of_the_whole_number()
    {
        UInt128[] values = [0, 1, ulong.MaxValue, UInt128.One << 64, (UInt128.One << 64) + 1, UInt128.MaxValue];
        foreach (UInt128 left in values)
        {
            foreach (UInt128 right in values)
            {
                Ipv6Address a = new(left), b = new(right);
                Assert.Equal(left, a.Value);
                Assert.Equal(left, ((IpAddress)a).Bits);
                Assert.Equal(a, ((IpAddress)a).V6);
                Assert.Equal(left == right, a == b);
                Assert.Equal(left.CompareTo(right), a.CompareTo(b));
                Assert.Equal((left < right, left <= right, left > right, left >= right), (a < b, a <= b, a > b, a >= b));
            }
        }
    }
}
