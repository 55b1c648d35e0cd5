namespace Appliance.Management;

/// <summary>What stands before a value in a filter, as pcap-filter(7) calls it: <c>udp src port</c>.</summary>
/// <param name="Protocol">Null: any.</param>
/// <param name="Side">Which end is meant.</param>
/// <param name="Kind">Null: what the value looks like.</param>
internal readonly record struct FilterQualifiers(string? Protocol, FilterSide Side, string? Kind);
