using System.Collections.Immutable;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>The appliance's own addresses on the link of a port.</summary>
/// <param name="Addresses">Each with the length of its network; the IPv6 link-local address among them.</param>
/// <param name="Virtual">
/// Shared with a peer: answered for while they are here, and not checked for duplicates; failover announces them.
/// </param>
public sealed record LinkFacts(ImmutableArray<IpPrefix> Addresses, ImmutableArray<VirtualAddress> Virtual)
{
    /// <summary>There is no port: every port has a link-local address.</summary>
    public bool IsNowhere => Addresses.IsEmpty;
}
