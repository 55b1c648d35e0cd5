using Appliance.Wire.Transport;

namespace Appliance.Firewall;

/// <summary>The header of a segment without payload that answers one, sent to its sender in the name of its receiver.</summary>
public readonly record struct TcpAnswer(uint Sequence, uint Acknowledgment, TcpFlags Flags, ushort Window);
