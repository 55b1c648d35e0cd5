namespace Appliance.Failover;

/// <summary>Why a box is a worse master than its configuration says.</summary>
public enum DemotionCause
{
    /// <summary>A port of a virtual host is down (FreeBSD: ifdown_demotion_factor).</summary>
    InterfaceDown,

    /// <summary>Advertisements could not be sent (FreeBSD: senderr_demotion_factor).</summary>
    SendErrors,

    /// <summary>The states of the peer are not all here (FreeBSD: net.pfsync.carp_demotion_factor).</summary>
    StateSync,

    /// <summary>Taken out of service by its operator, across restarts.</summary>
    Maintenance,

    /// <summary>A number given by hand (FreeBSD: writing net.inet.carp.demotion).</summary>
    Administrative,

    /// <summary>Something the box is there for does not work (a health check).</summary>
    Service,
}
