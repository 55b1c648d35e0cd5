using System.Collections.Immutable;

namespace Appliance.Configuration;

/// <summary>The pair. Demotions are 0–240, in 1/256 s of skew; the DSCP 0–63.</summary>
public sealed record HighAvailabilityModel(bool Preempt, ImmutableArray<CarpModel> Carp, SyncModel? Sync, PeerPolicy Peers)
{
    public const int DefaultPreemptHoldDownSeconds = 10;
    public const int DefaultDscp = 56;                                // CS7, as FreeBSD's net.inet.carp.dscp
    public const int DefaultDemotion = 240;

    /// <summary>For so long after a group became backup none preempts.</summary>
    public int PreemptHoldDownSeconds { get; init; } = DefaultPreemptHoldDownSeconds;

    public int Dscp { get; init; } = DefaultDscp;

    /// <summary>For each group whose port is down (net.inet.carp.ifdown_demotion_factor).</summary>
    public int InterfaceDownDemotion { get; init; } = DefaultDemotion;

    /// <summary>For each group whose adverts cannot be sent (net.inet.carp.senderr_demotion_factor).</summary>
    public int SendErrorDemotion { get; init; } = DefaultDemotion;

    /// <summary>The group of a VHID on a port; null: none is asked for.</summary>
    public CarpModel? Find(int vhid, int portIndex) => Carp.FirstOrDefault(group => group.Vhid == vhid && group.PortIndex == portIndex);
}
