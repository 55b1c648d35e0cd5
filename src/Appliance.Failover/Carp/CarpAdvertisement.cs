using Appliance.Wire.Carp;
using Appliance.Wire.Ip;

namespace Appliance.Failover;

/// <summary>What an authentic advertisement said, and from where it seemed to come (its source address is proved by nothing).</summary>
public readonly record struct CarpAdvertisement(IpAddress Source, CarpInterval Interval, ulong Counter)
{
    /// <summary>OpenBSD's demotion counter; others send 0.</summary>
    public byte Demotion { get; init; }

    public static CarpAdvertisement From(IpAddress source, CarpView view) =>
        new(source, new CarpInterval(view.AdvertisementBaseSeconds, view.AdvertisementSkew), view.Counter) { Demotion = view.Demotion };
}
