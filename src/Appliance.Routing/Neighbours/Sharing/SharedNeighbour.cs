using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>A neighbour as both boxes of a pair can name it.</summary>
/// <param name="Port">The logical port's name: indices are each box's own.</param>
/// <param name="Address">Its address.</param>
internal readonly record struct SharedNeighbour(string Port, IpAddress Address);
