namespace Appliance.Firewall;

/// <summary>The ports from <see cref="Low"/> to <see cref="High"/>, both included.</summary>
public readonly record struct PortRange
{
    /// <summary>What pf takes for source translation unless a rule names others (PF_NAT_PROXY_PORT).</summary>
    public static readonly PortRange Default = new(50001, 65535);

    /// <summary>Identifiers of ICMP queries; never 0, as in pf.</summary>
    public static readonly PortRange Identifiers = new(1, 65535);

    /// <summary>In either order, as in pf.</summary>
    public PortRange(ushort one, ushort other) => (Low, High) = one < other ? (one, other) : (other, one);

    public ushort Low { get; }
    public ushort High { get; }
    public int Count => High - Low + 1;

    public bool Contains(ushort port) => port >= Low && port <= High;

    /// <summary>The port at a place, from 0; the places go round.</summary>
    public ushort At(uint index) => (ushort)(Low + (index % (uint)Count));
}
