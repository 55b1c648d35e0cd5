using Appliance.Wire.Ip;

namespace Appliance.Engine;

/// <summary>What of a frame, as it arrives, its bucket follows from. IPv4 addresses are the low 32 bits.</summary>
/// <param name="IsV6">Its family.</param>
/// <param name="Protocol">Behind the extension headers.</param>
/// <param name="Source">Address.</param>
/// <param name="Destination">Address.</param>
/// <param name="SourcePort">Of an ICMP echo its identifier, in both places.</param>
/// <param name="DestinationPort">The same.</param>
/// <param name="HasPorts">The frame has them: of TCP, UDP, SCTP or an ICMP echo, and no fragment.</param>
public readonly record struct SteeringTuple(
    bool IsV6, IpProtocol Protocol, UInt128 Source, UInt128 Destination, ushort SourcePort = 0, ushort DestinationPort = 0,
    bool HasPorts = false);
