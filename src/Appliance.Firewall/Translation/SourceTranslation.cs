using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>What a new flow's source becomes: an address of the rule's pool and a port of it that is free.</summary>
/// <param name="Pool">The rule's addresses.</param>
/// <param name="Policy">The rule's ports.</param>
/// <param name="Random">The secret.</param>
public sealed record SourceTranslation(AddressPool Pool, PortPolicy Policy, KeyedRandom Random)
{
    /// <summary>Ports that are asked about one after the other, over all addresses, before a flow is refused.</summary>
    public const int MaxProbes = 1 << 17;

    /// <summary>Who has which address, when the pool is sticky and takes turns; else null.</summary>
    public StickySources? Sticky { get; init; } =
        Pool is { IsSticky: true, Kind: PoolKind.RoundRobin, HasMembers: true } ? new StickySources() : null;

    /// <summary>Whether flows of a protocol keep their source's port towards whomever they go; as in FreeBSD those of UDP alone.</summary>
    public bool IsEndpointIndependent(IpProtocol protocol) => Policy.IsEndpointIndependent && protocol == IpProtocol.Udp;

    /// <summary>Whether an inner endpoint could have got that outer one here.</summary>
    internal bool CouldGive(in MappedEndpoint outer, in MappedEndpoint inner) =>
        outer.IsV6 == Pool.IsV6 && Pool.Contains(outer.Address)
        && (Policy.IsStatic ? outer.Port == inner.Port : Policy.Range.Contains(outer.Port));

    /// <summary>
    /// Tries the pool's addresses as pf does: the next when all ports of one are taken, if the pool takes turns or chance. False, dropped
    /// as <c>nat-exhausted</c>: no port was free on up to <see cref="PoolWalk.MaxAddresses"/>, or among <see cref="MaxProbes"/>, or none
    /// was found by chance while they are not searched (<see cref="PortSearch"/>), or a sticky source has no room. When it answers true and
    /// <see cref="Sticky"/> is there, the state's end is to be told by <see cref="Unstick"/>. False too when the pool is empty.
    /// </summary>
    /// <param name="flow">
    /// Before translation of its source; if its destination is translated, behind that. Of an ICMP query its identifier is the source port.
    /// </param>
    /// <param name="protocol">Of the datagram.</param>
    /// <param name="buckets">Of the steering in force.</param>
    /// <param name="bucket">Of the frame, as it came.</param>
    /// <param name="probe">Knows what is taken.</param>
    /// <param name="translated">Behind the translation; maybe the variable that <paramref name="flow"/> came from.</param>
    public bool TryChoose<TProbe>(
        FrameEndpoints flow, IpProtocol protocol, BucketPorts buckets, ushort bucket, ref TProbe probe, out FrameEndpoints translated)
        where TProbe : IPortProbe, allows ref struct
    {
        translated = default;
        if (Sticky is { } sticky) return TryChooseSticky(sticky, flow, protocol, buckets, bucket, ref probe, out translated);
        PoolWalk start = Pool.Begin(flow, flow.Source), walk = start;
        while (walk.TryNext(out UInt128 address))
        {
            if (TryDraw(flow, protocol, buckets, bucket, address, ref probe, out translated)) return true;
            if (Pool.IsSticky) break;                                   // it may have no other
        }

        if (!MaySearch(protocol, ref probe)) return false;
        int asked = 0;
        while (asked < MaxProbes && start.TryNext(out UInt128 address))
        {
            if (TryWalk(flow, protocol, address, ref probe, out translated)) return true;
            asked += PolicyOf(protocol).Range.Count;
            if (Pool.IsSticky) break;
        }

        probe.NoteInVain(asked);
        return false;
    }

    private bool TryChooseSticky<TProbe>(
        StickySources sticky, in FrameEndpoints flow, IpProtocol protocol, BucketPorts buckets, ushort bucket, ref TProbe probe,
        out FrameEndpoints translated)
        where TProbe : IPortProbe, allows ref struct
    {
        translated = default;
        PoolWalk walk = Pool.Begin(flow, flow.Source);
        if (!walk.TryNext(out PoolChoice choice) || !TryStick(sticky, flow.Source, choice, out choice)) return false;
        UInt128 address = choice.Address;
        if (TryDraw(flow, protocol, buckets, bucket, address, ref probe, out translated)) return true;
        if (MaySearch(protocol, ref probe))
        {
            if (TryWalk(flow, protocol, address, ref probe, out translated)) return true;
            probe.NoteInVain(PolicyOf(protocol).Range.Count);
        }

        Unstick(flow.Source);
        return false;
    }

    /// <summary>Who has no choice of ports has been asked about the one already.</summary>
    private bool MaySearch<TProbe>(IpProtocol protocol, ref TProbe probe)
        where TProbe : IPortProbe, allows ref struct =>
        !PortChoice.IsFixed(protocol, PolicyOf(protocol, probe.Half)) && probe.MaySearch;

    /// <summary>A flow that has this address already counts with its source, too. False: there is no room.</summary>
    public bool TryStick(UInt128 source, UInt128 address) =>
        Sticky is not { } sticky || TryStick(sticky, source, new PoolChoice(address), out _);

    /// <summary>There will be no state after all.</summary>
    public void Unstick(UInt128 source) => Sticky?.Release(StickyLedger.KeyOf(source, Pool.IsV6));

    private bool TryStick(StickySources sticky, UInt128 source, in PoolChoice proposed, out PoolChoice held) =>
        sticky.TryHold(StickyLedger.KeyOf(source, Pool.IsV6), proposed, out held, Pool);

    private bool TryDraw<TProbe>(
        in FrameEndpoints flow, IpProtocol protocol, BucketPorts buckets, ushort bucket, UInt128 address, ref TProbe probe,
        out FrameEndpoints translated)
        where TProbe : IPortProbe, allows ref struct
    {
        BucketPortSet own = IsEndpointIndependent(protocol) ? default : buckets.Find(flow, Pool.IsV6, protocol, address, bucket);
        bool isFound = PortChoice.TryDraw(flow, protocol, address, PolicyOf(protocol, probe.Half), own, Random, ref probe, out ushort port);
        translated = Translate(flow, protocol, address, port);
        return isFound;
    }

    private bool TryWalk<TProbe>(
        in FrameEndpoints flow, IpProtocol protocol, UInt128 address, ref TProbe probe, out FrameEndpoints translated)
        where TProbe : IPortProbe, allows ref struct
    {
        bool isFound = PortChoice.TryWalk(flow, protocol, address, PolicyOf(protocol, probe.Half), Random, ref probe, out ushort port);
        translated = Translate(flow, protocol, address, port);
        return isFound;
    }

    private PortPolicy PolicyOf(IpProtocol protocol, PortHalf half)
    {
        PortPolicy policy = PolicyOf(protocol);
        return policy with { Range = policy.Range.HalfOf(half) };
    }

    /// <summary>Only TCP and UDP have ports that may change; what has none keeps its 0.</summary>
    private PortPolicy PolicyOf(IpProtocol protocol)
    {
        if (protocol == IpProtocol.Udp) return Policy;
        if (protocol == IpProtocol.Tcp) return Policy with { IsEndpointIndependent = false };
        if (!IsIdentifier(protocol) || Policy.KeepsIdentifiers) return Policy with { IsStatic = true };
        return Policy with { IsStatic = false, Range = Policy.Range.IsShared ? Policy.Range : PortRange.Identifiers };
    }

    private FrameEndpoints Translate(in FrameEndpoints flow, IpProtocol protocol, UInt128 address, ushort port) =>
        new(address, flow.Destination, port, IsIdentifier(protocol) ? port : flow.DestinationPort);

    /// <summary>The other family's ICMP is a protocol without identifiers here: protocol 58 in IPv4, 1 in IPv6 (CVE-2009-0687).</summary>
    private bool IsIdentifier(IpProtocol protocol) => protocol == (Pool.IsV6 ? IpProtocol.Icmpv6 : IpProtocol.Icmp);
}
