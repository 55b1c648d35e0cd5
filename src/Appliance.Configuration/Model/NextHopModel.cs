using Appliance.Wire.Ip;

namespace Appliance.Configuration;

/// <summary>The router to send to and the port (by index) whose link it is on.</summary>
public readonly record struct NextHopModel(IpAddress Address, int PortIndex);
