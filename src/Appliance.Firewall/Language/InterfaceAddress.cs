using Appliance.Wire.Ip;

namespace Appliance.Firewall.Language;

/// <summary>An address of an interface with its network's length, and its broadcast and peer addresses where it has them.</summary>
public sealed record InterfaceAddress(string Interface, IpPrefix Prefix)
{
    public IpAddress? Broadcast { get; init; }
    public IpAddress? Peer { get; init; }
}
