namespace Appliance.Firewall;

/// <summary>How strictly a connection is followed.</summary>
[Flags]
public enum TcpTrackFlags : byte
{
    None = 0,

    /// <summary><c>keep state (sloppy)</c>: by flags alone, for who sees one direction only.</summary>
    Sloppy = 1 << 0,

    /// <summary>
    /// What we know may lag behind the ends, for good: the connection was picked up after its first SYN, or its state came from another
    /// appliance; what an end repeats here may be older than what the other end acknowledges, and was sent there. pf's tolerance for
    /// acknowledgments of what was not seen applies.
    /// </summary>
    Uncertain = 1 << 1,
}
