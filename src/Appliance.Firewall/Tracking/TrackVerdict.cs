namespace Appliance.Firewall;

/// <summary>What tracking decided.</summary>
/// <param name="Outcome">What becomes of the segment.</param>
/// <param name="BecameEstablished">
/// With this segment the handshake was complete: limits on connections (<c>max-src-conn</c>, <c>max-src-conn-rate</c>) count it now.
/// </param>
public readonly record struct TrackVerdict(TrackOutcome Outcome, bool BecameEstablished = false)
{
    public bool Passes => Outcome <= TrackOutcome.PassUnchanged;
}
