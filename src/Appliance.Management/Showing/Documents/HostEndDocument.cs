namespace Appliance.Management;

/// <summary>The host's end of a port, in a row of <c>show ports</c>.</summary>
/// <param name="Device">As the host calls it.</param>
/// <param name="Link"><c>up</c> or <c>down</c>, as the port's.</param>
/// <param name="Addresses">That the configuration gave it.</param>
/// <param name="Learned">That the host has there beyond those: set by a client, a daemon, an operator.</param>
public sealed record HostEndDocument(string Device, string Link, string[] Addresses, string[] Learned);
