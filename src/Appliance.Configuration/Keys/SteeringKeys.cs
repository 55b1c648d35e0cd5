namespace Appliance.Configuration.Keys;

internal static class SteeringKeys
{
    public static readonly ScalarKey<SteeringKeyText> Key = new("key", new TextKind<SteeringKeyText>(
        "symmetric, microsoft or 80 hexadecimal digits", TextForms.SteeringKey, "symmetric", "microsoft"));

    public static readonly ScalarKey<int> Indirection = new("indirection", new PowerOfTwoKind(16, 256));

    public static readonly ListKey<SteeringHashTypes> Hash = new(
        "hash",
        new WordKind<SteeringHashTypes>(
            ("ipv4", SteeringHashTypes.Ipv4),
            ("ipv6", SteeringHashTypes.Ipv6),
            ("tcp-ipv4", SteeringHashTypes.TcpIpv4),
            ("tcp-ipv6", SteeringHashTypes.TcpIpv6),
            ("udp-ipv4", SteeringHashTypes.UdpIpv4),
            ("udp-ipv6", SteeringHashTypes.UdpIpv6)),
        MaximumItems: 6) { IsNonEmpty = true };

    public static readonly ScalarKey<bool> Rebalance = new("rebalance", Kinds.Switch);

    public static readonly Section Section = new("vrss", Key, Indirection, Hash, Rebalance);
}
