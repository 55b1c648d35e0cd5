using System.Collections;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// Ports at which programs of the host listen: no flow gets one of them as its new source, or whoever it goes to could not reach the
/// program. Immutable; another one takes its place.
/// </summary>
public sealed class ReservedPorts : IEquatable<ReservedPorts>
{
    public static readonly ReservedPorts None = new([], []);

    private const int Ports = ushort.MaxValue + 1;

    private readonly BitArray _tcp;
    private readonly BitArray _udp;

    public ReservedPorts(IEnumerable<ushort> tcp, IEnumerable<ushort> udp) => (_tcp, _udp) = (SetOf(tcp), SetOf(udp));

    public bool Has(IpProtocol protocol, ushort port) => protocol switch
    {
        IpProtocol.Tcp => _tcp[port],
        IpProtocol.Udp => _udp[port],
        _ => false,
    };

    public bool Equals(ReservedPorts? other) => other is not null && IsSame(_tcp, other._tcp) && IsSame(_udp, other._udp);

    public override bool Equals(object? obj) => Equals(obj as ReservedPorts);

    public override int GetHashCode() => HashCode.Combine(_tcp.Count, _udp.Count);

    private static BitArray SetOf(IEnumerable<ushort> ports)
    {
        var set = new BitArray(Ports);
        foreach (ushort port in ports) set[port] = true;
        return set;
    }

    private static bool IsSame(BitArray left, BitArray right) => !new BitArray(left).Xor(right).HasAnySet();
}
