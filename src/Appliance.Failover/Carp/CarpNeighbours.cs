namespace Appliance.Failover;

/// <summary>Whose CARP the other speakers of a virtual host speak, where that makes a difference.</summary>
public enum CarpNeighbours
{
    /// <summary>FreeBSD, and this program.</summary>
    FreeBsd,

    /// <summary>
    /// Digests without IPv6 link-local addresses are sent and both kinds accepted; the demotion byte is sent, and compared before the
    /// interval, and who is demoted further is relieved without preemption, too; a counter that never changes is no replay.
    /// </summary>
    OpenBsd,

    /// <summary>
    /// One IPv4 address and no IPv6; the address stays at this box's own MAC; among equals the lower source address, read as ucarp
    /// reads it (last octet first), stays master.
    /// </summary>
    Ucarp,
}
