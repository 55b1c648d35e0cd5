using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// Chooses the source port of a translated flow. Which are tried, and in which order, is a keyed function of the flow: the same for any
/// worker, unpredictable for who lacks the secret, and unrelated from flow to flow (RFC 6056 §3.3.1; Kaminsky's attack lived on the
/// opposite). First come ports whose answers are steered to the flow's own bucket, so that no alias is needed; then any; and where chance
/// finds none, all there are, once: what is refused is full.
/// </summary>
public static class PortChoice
{
    /// <summary>Ports of the own bucket that are looked at, and any ports, before the whole range is walked.</summary>
    public const int OwnBucketDraws = 64, AnyDraws = 16;

    private const int PortsPerDraw = 4, PortBits = 16;

    /// <summary>
    /// Tries ports by chance: of the own bucket, then any, <see cref="OwnBucketDraws"/> + <see cref="AnyDraws"/> at most. False says that
    /// many are taken, not that all are: <see cref="TryWalk"/> finds the rest.
    /// </summary>
    /// <param name="flow">Before translation.</param>
    /// <param name="protocol">SCTP keeps its port, as in pf: its other addresses would not know.</param>
    /// <param name="address">What the source becomes.</param>
    /// <param name="policy">The rule's.</param>
    /// <param name="own">Ports that keep the answers in the bucket, or none (default).</param>
    /// <param name="random">The secret.</param>
    /// <param name="probe">Knows what is taken.</param>
    /// <param name="port">Free.</param>
    public static bool TryDraw<TProbe>(
        in FrameEndpoints flow, IpProtocol protocol, UInt128 address, in PortPolicy policy, in BucketPortSet own, KeyedRandom random,
        ref TProbe probe, out ushort port)
        where TProbe : IPortProbe, allows ref struct
    {
        if (IsFixed(protocol, policy))
        {
            port = FixedPort(flow, protocol, policy);
            return probe.IsFree(address, port);
        }

        (ulong high, ulong low) = SubjectOf(flow, protocol, address, policy, random);
        return TryOwnBucket(address, policy.Range, own, random, high, low, ref probe, out port)
            || TryAny(address, policy.Range, random, high, low, ref probe, out port);
    }

    /// <summary>
    /// Asks about every port once, from a place by chance on. False: there is none, and the flow is to be refused. At most as many
    /// questions as the range has ports.
    /// </summary>
    /// <inheritdoc cref="TryDraw"/>
    public static bool TryWalk<TProbe>(
        in FrameEndpoints flow, IpProtocol protocol, UInt128 address, in PortPolicy policy, KeyedRandom random, ref TProbe probe,
        out ushort port)
        where TProbe : IPortProbe, allows ref struct
    {
        port = 0;
        if (IsFixed(protocol, policy)) return false;                    // it was asked about
        (ulong high, ulong low) = SubjectOf(flow, protocol, address, policy, random);
        uint start = (uint)random.Draw(RandomPurpose.TranslationPort, high, low, OwnBucketDraws + AnyDraws) % (uint)policy.Range.Count;
        for (uint i = 0; i < policy.Range.Count; i++)
        {
            port = policy.Range.At(start + i);
            if (probe.IsFree(address, port)) return true;
        }

        return false;
    }

    /// <summary>There is one port that it may be, and no other.</summary>
    public static bool IsFixed(IpProtocol protocol, in PortPolicy policy) =>
        policy.IsStatic || protocol == IpProtocol.Sctp || policy.Range.Count == 1;

    private static ushort FixedPort(in FrameEndpoints flow, IpProtocol protocol, in PortPolicy policy) =>
        policy.IsStatic || protocol == IpProtocol.Sctp ? flow.SourcePort : policy.Range.Low;

    private static bool TryOwnBucket<TProbe>(
        UInt128 address, PortRange range, in BucketPortSet own, KeyedRandom random, ulong high, ulong low, ref TProbe probe,
        out ushort port)
        where TProbe : IPortProbe, allows ref struct
    {
        port = 0;
        if (own.IsEmpty) return false;
        for (uint draw = 0; draw < OwnBucketDraws / PortsPerDraw; draw++)
        {
            ulong bits = random.Draw(RandomPurpose.TranslationPort, high, low, draw);
            for (int i = 0; i < PortsPerDraw; i++, bits >>= PortBits)
            {
                port = own[(ushort)bits];
                if (range.Contains(port) && probe.IsFree(address, port)) return true;
            }
        }

        return false;
    }

    private static bool TryAny<TProbe>(
        UInt128 address, PortRange range, KeyedRandom random, ulong high, ulong low, ref TProbe probe, out ushort port)
        where TProbe : IPortProbe, allows ref struct
    {
        port = 0;
        for (uint draw = 0; draw < AnyDraws; draw++)
        {
            port = range.At((uint)random.Draw(RandomPurpose.TranslationPort, high, low, OwnBucketDraws + draw));
            if (probe.IsFree(address, port)) return true;
        }

        return false;
    }

    /// <summary>The flow in 128 bits that nobody can steer without the secret.</summary>
    private static (ulong High, ulong Low) SubjectOf(
        in FrameEndpoints flow, IpProtocol protocol, UInt128 address, in PortPolicy policy, KeyedRandom random)
    {
        UInt128 destination = policy.IsEndpointIndependent ? 0 : flow.Destination;
        uint destinationPort = policy.IsEndpointIndependent ? 0u : flow.DestinationPort;
        uint ports = ((uint)flow.SourcePort << 16) | destinationPort;
        ulong source = random.Draw(RandomPurpose.TranslationFlow, (ulong)(flow.Source >> 64), (ulong)flow.Source, ports);
        ulong there = random.Draw(RandomPurpose.TranslationFlow, source ^ (ulong)(destination >> 64), (ulong)destination, (uint)protocol);
        return (there, random.Draw(RandomPurpose.TranslationFlow, there ^ (ulong)(address >> 64), (ulong)address, 0));
    }
}
