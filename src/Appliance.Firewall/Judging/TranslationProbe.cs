using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// Knows which source ports are free for one new flow: no state of its bucket has the key by which its answers would come, and no flow of
/// any worker has claimed it. The port that it answers true for is claimed.
/// </summary>
/// <param name="table">The worker's.</param>
/// <param name="sharing">Of all workers.</param>
/// <param name="ports">Which ports bring answers to which bucket.</param>
/// <param name="facts">Of the flow's first packet.</param>
/// <param name="bucket">The flow's.</param>
/// <param name="search">The worker's.</param>
/// <param name="now">The present.</param>
internal struct TranslationProbe(
    FlowTable table, StateSharing sharing, BucketPorts ports, in PacketFacts facts, ushort bucket, PortSearch search, MonotonicTime now)
    : IPortProbe
{
    private readonly FlowKey _asked = facts.View.Direction == RuleDirection.In ? facts.Key.Turned() : facts.Key;
    private readonly bool _isMessage = facts.IsMessage;
    private readonly bool _isUdp = facts.Track == TrackKind.Udp;
    private FrameEndpoints _flow;
    private bool _isForAll;

    public readonly StateSharing Sharing => sharing;

    public readonly PortClaims Claims => sharing.Claims;

    public readonly EndpointMappings Mappings => sharing.Mappings;

    public readonly BucketPorts Ports => ports;

    public readonly PortHalf Half => sharing.PortHalf;

    public readonly bool MaySearch => search.MayBegin(now);

    /// <summary>To the port that was found last.</summary>
    public ulong Claim { get; private set; }

    /// <param name="flow">As it is but for its source.</param>
    /// <param name="isForAll">What is found has to be free towards everybody, and is claimed so, too.</param>
    public void Begin(in FrameEndpoints flow, bool isForAll = false) => (_flow, _isForAll, Claim) = (flow, isForAll, 0);

    public readonly void NoteInVain(int ports) => search.NoteInVain(ports, now);

    public bool IsFree(UInt128 address, ushort port)
    {
        if (sharing.Reserved.Has(_asked.Protocol, port) && !IsItsOwn(address, port)) return false;
        var outer = new MappedEndpoint(address, port, _asked.IsV6);
        if (!_isForAll) return !(_isUdp && Mappings.IsMapped(outer)) && TryClaim(address, port);
        ulong towardsAll = Mappings.ClaimTo(outer);
        if (!Claims.TryClaim(towardsAll)) return false;
        if (TryClaim(address, port)) return true;
        Claims.Release(towardsAll);
        return false;
    }

    /// <summary>A program of the host may keep the port at which it listens.</summary>
    private readonly bool IsItsOwn(UInt128 address, ushort port) => _asked.Inside == address && _asked.InsidePort == port;

    /// <summary>Takes a port towards the flow's destination alone.</summary>
    public bool TryClaim(UInt128 address, ushort port)
    {
        FlowKey answers = _asked with
        {
            Outside = _flow.Destination, OutsidePort = _isMessage ? _asked.OutsidePort : _flow.DestinationPort,
            Inside = address, InsidePort = port,
        };
        if (!table.FindOf(bucket, answers, FlowSide.Wire).IsMiss) return false;
        ulong claim = Claims.ClaimTo(answers);
        if (!Claims.TryClaim(claim)) return false;
        Claim = claim;
        return true;
    }
}
