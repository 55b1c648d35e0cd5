namespace Appliance.Firewall;

/// <summary>How much one end of a flow without handshake has said (pf's PFUDPS_ and PFOTHERS_).</summary>
public enum PairState : byte
{
    NoTraffic,
    Single,
    Multiple,
}
