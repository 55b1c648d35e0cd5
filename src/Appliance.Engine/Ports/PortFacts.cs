using Appliance.Wire.Ethernet;

namespace Appliance.Engine;

/// <summary>What the data path must know of a port or sub-port.</summary>
public sealed record PortFacts
{
    public const int NoParent = -1;

    public required int Index { get; init; }
    public required string Name { get; init; }

    /// <summary>A number that a removed port has left empty.</summary>
    public bool IsVacant => Name.Length == 0;

    /// <summary>The port that feeds this sub-port, or <see cref="NoParent"/>.</summary>
    public int Parent { get; init; } = NoParent;

    /// <summary>1 to 4094 for a sub-port.</summary>
    public ushort VlanId { get; init; }

    /// <summary>The port that frames really leave by: itself, or the last parent.</summary>
    public required int Physical { get; init; }

    public required MacAddress Mac { get; init; }

    /// <summary>The longest datagram that leaves by this port, bytes.</summary>
    public int MtuBytes { get; init; } = 1500;

    /// <summary>Segments that arrive here may be joined to trains (<c>lro</c>).</summary>
    public bool Coalesces { get; init; }

    /// <summary>
    /// The port's own verdict on a checksum counts, when it gives one (<c>rx-checksum</c>); otherwise all are verified here.
    /// </summary>
    public bool BelievesChecksums { get; init; }

    /// <summary>What the physical port can do and may (<c>tx-checksum</c>, <c>tso</c>); the rest is done here.</summary>
    public PortCapabilities Capabilities { get; init; }

    /// <summary>Whose virtual MAC addresses are the port's, too, while the box is they. Null: it has no virtual host.</summary>
    public VirtualHosts? VirtualHosts { get; init; }

    /// <summary>Frames to any unicast MAC are taken as addressed to this port, as replay does.</summary>
    public bool AnyDestination { get; init; }
}
