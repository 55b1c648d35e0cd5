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
}
