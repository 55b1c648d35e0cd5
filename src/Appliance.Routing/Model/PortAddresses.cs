using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>How routing sees one port.</summary>
/// <param name="FirstV4">What ICMP errors are sent from, or null.</param>
/// <param name="FirstV6">What ICMPv6 errors are sent from, or null.</param>
/// <param name="ReversePath">The check for sources that come in here.</param>
public sealed record PortAddresses(Ipv4Address? FirstV4, Ipv6Address? FirstV6, ReversePathCheck ReversePath)
{
    /// <summary>The host has an end of this port, where what is for the appliance and nobody here answers goes.</summary>
    public bool HasHost { get; init; }

    /// <summary>Adverts, or what a lane says, are to be heard here.</summary>
    public bool SpeaksFailover { get; init; }

    /// <summary>The host asks for an address here, and has none yet.</summary>
    public bool AwaitsLease { get; init; }
}
