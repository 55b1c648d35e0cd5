using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// Which source ports bring the answers of a translated flow to the bucket that owns it. Immutable, made anew with the steering rules.
/// <list type="bullet">
/// <item>Ordered endpoints (the default): which endpoint comes first is settled by the addresses, so the port has a fixed place and its
/// part of the hash is linear. Only where the translated address is the destination's own do the ports settle the order, and nothing is
/// known beforehand.</item>
/// <item>The rules of NDIS with any key: an answer's destination port has a fixed place. Where the hash types leave the ports out, every
/// port has the same bucket.</item>
/// <item>An echo identifier stands in both places under ordered endpoints, and is not hashed under NDIS.</item>
/// </list>
/// </summary>
public sealed class BucketPorts
{
    private readonly SteeringRules _rules;
    private readonly PortMap[] _v4, _v6;                                // by place: first, second, both

    public BucketPorts(SteeringRules rules)
    {
        _rules = rules;
        _v4 = MapsOf(rules, v6: false);
        _v6 = MapsOf(rules, v6: true);
    }

    /// <summary>
    /// The ports p of <paramref name="address"/> for which answers from the flow's destination to p come to <paramref name="bucket"/>.
    /// Empty when none does, or when nothing can be said.
    /// </summary>
    /// <param name="flow">Before translation.</param>
    /// <param name="v6">Its family.</param>
    /// <param name="protocol">Of its datagrams.</param>
    /// <param name="address">What its source becomes.</param>
    /// <param name="bucket">Of the flow's first frame, as it came.</param>
    public BucketPortSet Find(in FrameEndpoints flow, bool v6, IpProtocol protocol, UInt128 address, ushort bucket)
    {
        bool isEcho = protocol == (v6 ? IpProtocol.Icmpv6 : IpProtocol.Icmp);
        bool doPortsCount = (isEcho && _rules.Symmetric) || _rules.CountsPortsOf(protocol, v6);
        if (!doPortsCount || (_rules.Symmetric && address == flow.Destination)) return default;
        bool isAnswerFirst = !_rules.Symmetric || flow.Destination < address;       // of both endpoints, the one that answers
        PortMap map = (v6 ? _v6 : _v4)[isEcho ? 2 : isAnswerFirst ? 1 : 0];
        var answer = new SteeringTuple(
            v6, protocol, flow.Destination, address, isEcho ? (ushort)0 : flow.DestinationPort, DestinationPort: 0, HasPorts: true);
        ushort wanted = (ushort)(_rules.BucketOf(answer) ^ bucket);
        return map.TryFind(wanted, out ushort first) ? new BucketPortSet(map, first) : default;
    }

    private static PortMap[] MapsOf(SteeringRules rules, bool v6)
    {
        Span<ushort> first = stackalloc ushort[16], second = stackalloc ushort[16], both = stackalloc ushort[16];
        SteeringRules asItStands = rules with { Symmetric = false, Types = HashTypes.All };
        for (int bit = 0; bit < first.Length; bit++)
        {
            ushort port = (ushort)(1 << bit);
            first[bit] = asItStands.BucketOf(new SteeringTuple(v6, IpProtocol.Tcp, 0, 0, port, 0, HasPorts: true));
            second[bit] = asItStands.BucketOf(new SteeringTuple(v6, IpProtocol.Tcp, 0, 0, 0, port, HasPorts: true));
            both[bit] = (ushort)(first[bit] ^ second[bit]);
        }

        return [new PortMap(first), new PortMap(second), new PortMap(both)];
    }
}
