using Appliance.Wire.Ip;

namespace Appliance.Fuzz.Oracle;

/// <summary>One way on: out of a port, to a gateway or, without one, to the destination itself.</summary>
internal readonly record struct Way(int Port, IpAddress? Gateway);
