using System.Collections.Immutable;
using Appliance.Wire.Ip;

namespace Appliance.Management;

/// <summary>The host's end of a port.</summary>
/// <param name="Device">As the host calls it.</param>
/// <param name="IsUp">Whether it has a link, as the port.</param>
/// <param name="Learned">What the host has there beyond what the configuration gave it.</param>
public sealed record HostStatus(string Device, bool IsUp, ImmutableArray<IpPrefix> Learned);
