namespace Appliance.Failover;

/// <summary>Why a datagram was not believed, in the order in which it is asked (that of FreeBSD, which ours stand between).</summary>
public enum CarpRefusal
{
    /// <summary>It was an authentic advertisement, and counted.</summary>
    None,

    /// <summary>No whole IP datagram of protocol 112 with a good header, or a fragment: IP would not have handed it on.</summary>
    NotCarp,

    /// <summary>To another station, neither to a group nor to an address of this port.</summary>
    NotForUs,

    /// <summary>CARP is switched off (net.inet.carp.allow).</summary>
    NotAllowed,

    /// <summary>The IP header promised more bytes than were there.</summary>
    HeaderShort,

    /// <summary>Not version 2; 3 is VRRP's.</summary>
    BadVersion,

    /// <summary>Fewer than 36 bytes.</summary>
    BadLength,

    BadChecksum,

    /// <summary>No group at all on this port; or VHID 0 from an address of our own, which is a loop.</summary>
    BadInterface,

    /// <summary>No group with this VHID and an address of this family on this port.</summary>
    BadVhid,

    /// <summary>To a group, and not with hop limit 255: it came from beyond a router.</summary>
    BadHopLimit,

    /// <summary>Another key or other addresses.</summary>
    BadAuthentication,

    /// <summary>From our own address: a switch sent us what we had sent.</summary>
    Looped,

    /// <summary>A counter that was heard before (<see cref="CarpTrust.FreshCounters"/>).</summary>
    Replayed,

    /// <summary>A counter that the peer did not announce (<see cref="CarpTrust.AnnouncedCounters"/>).</summary>
    NotAnnounced,
}
