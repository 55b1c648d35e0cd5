using Appliance.Engine;

namespace Appliance.Configuration.Keys;

internal static class SteeringKeys
{
    public static readonly ScalarKey<SteeringKeyText> Key = new("key", new TextKind<SteeringKeyText>(
        "symmetric, microsoft or 80 hexadecimal digits", TextForms.SteeringKey, "symmetric", "microsoft"));

    public static readonly ScalarKey<int> Indirection = new("indirection", new PowerOfTwoKind(16, 256));

    public static readonly ListKey<HashTypes> Hash = new(
        "hash",
        new WordKind<HashTypes>(
            ("ipv4", HashTypes.Ipv4),
            ("ipv6", HashTypes.Ipv6),
            ("tcp-ipv4", HashTypes.TcpIpv4),
            ("tcp-ipv6", HashTypes.TcpIpv6),
            ("udp-ipv4", HashTypes.UdpIpv4),
            ("udp-ipv6", HashTypes.UdpIpv6)),
        MaximumItems: 6) { IsNonEmpty = true };

    public static readonly ScalarKey<bool> Rebalance = new("rebalance", Kinds.Switch);

    public static readonly Section Section = new("vrss", Key, Indirection, Hash, Rebalance);
}
