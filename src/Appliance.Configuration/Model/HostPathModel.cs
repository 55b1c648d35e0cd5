namespace Appliance.Configuration;

/// <summary>
/// The host's end of a port: an interface of the host with the port's addresses, behind which the host's own programs live.
/// </summary>
/// <param name="Device">The interface's name.</param>
/// <param name="IsAsked">The port is not to be had without it; otherwise it is left out where the host cannot make one.</param>
public sealed record HostPathModel(string Device, bool IsAsked);
