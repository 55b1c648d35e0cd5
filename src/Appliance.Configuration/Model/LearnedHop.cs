using Appliance.Wire.Ip;

namespace Appliance.Configuration;

/// <summary>The router to send to, or null where the destination itself is on the link, and the port (by index).</summary>
public readonly record struct LearnedHop(IpAddress? Gateway, int PortIndex);
