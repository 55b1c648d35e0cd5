namespace Appliance.Firewall;

/// <summary>
/// Knows which source ports are free for one new flow: no state here has the key by which its answers would come, and no flow of any
/// worker has claimed it. The port that it answers true for is claimed.
/// </summary>
/// <param name="table">The worker's.</param>
/// <param name="claims">Of all workers.</param>
/// <param name="ports">Which ports bring answers to which bucket.</param>
/// <param name="facts">Of the flow's first packet.</param>
internal struct TranslationProbe(FlowTable table, PortClaims claims, BucketPorts ports, in PacketFacts facts) : IPortProbe
{
    private readonly FlowKey _asked = facts.View.Direction == RuleDirection.In ? facts.Key.Turned() : facts.Key;
    private readonly bool _isMessage = facts.IsMessage;
    private FrameEndpoints _flow;

    public readonly PortClaims Claims => claims;

    public readonly BucketPorts Ports => ports;

    /// <summary>To the port that was found last.</summary>
    public ulong Claim { get; private set; }

    /// <param name="flow">As it is but for its source.</param>
    public void Begin(in FrameEndpoints flow) => (_flow, Claim) = (flow, 0);

    public bool IsFree(UInt128 address, ushort port)
    {
        FlowKey answers = _asked with
        {
            Outside = _flow.Destination, OutsidePort = _isMessage ? _asked.OutsidePort : _flow.DestinationPort,
            Inside = address, InsidePort = port,
        };
        if (!table.Find(answers, FlowSide.Wire).IsMiss) return false;
        ulong claim = claims.ClaimTo(answers);
        if (!claims.TryClaim(claim)) return false;
        Claim = claim;
        return true;
    }
}
