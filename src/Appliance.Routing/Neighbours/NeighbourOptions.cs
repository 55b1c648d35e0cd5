namespace Appliance.Routing;

/// <summary>How neighbours are resolved on live ports.</summary>
public sealed record NeighbourOptions
{
    /// <summary>
    /// Own IPv6 addresses are checked for duplicates before they are used (RFC 4862 §5.4): one to two seconds at the start.
    /// </summary>
    public bool DetectsDuplicates { get; init; } = true;

    /// <summary>Own IPv4 addresses are probed before they are used (RFC 5227 §2.1.1): four to seven seconds at the start.</summary>
    public bool ProbesIpv4 { get; init; }

    /// <summary>How many are remembered; null: as many as the number of ports allows.</summary>
    public NeighbourLimits? Limits { get; init; }

    /// <summary>Links are told which groups their ports listen to (MLD, IGMP).</summary>
    public bool ReportsGroups { get; init; }
}
