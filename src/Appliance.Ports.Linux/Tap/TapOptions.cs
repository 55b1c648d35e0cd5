using Appliance.Engine;
using Appliance.Wire.Ethernet;

namespace Appliance.Ports.Linux;

/// <summary>A TAP to be made, by which a VM, a container or the host itself plugs in.</summary>
public sealed record TapOptions
{
    public required PortId Id { get; init; }

    /// <summary>The port's name; in every error.</summary>
    public required string Name { get; init; }

    /// <summary>The interface's name on the host, at most 15 bytes.</summary>
    public required string Device { get; init; }

    /// <summary>Queues among which the host spreads flows. At most 256.</summary>
    public int Queues { get; init; } = 1;

    /// <summary>Of the interface: bytes from the IP header on.</summary>
    public int MtuBytes { get; init; } = 1500;

    /// <summary>The host's end. Null: the kernel's choice.</summary>
    public MacAddress? HostMac { get; init; }

    /// <summary>The appliance's end. Null: the host's with another last bit.</summary>
    public MacAddress? Mac { get; init; }

    /// <summary>What does not come by the queues, but by <see cref="TapPort.Control"/>. Null: all comes by the queues.</summary>
    public ControlTraffic? Control { get; init; } = ControlTraffic.Default;

    /// <summary>
    /// Off: the host asks nobody for MAC addresses there, and checks none of its own; whatever it sends it sends to its own MAC address
    /// (IFF_NOARP).
    /// </summary>
    public bool HasNeighbours { get; init; } = true;

    /// <summary>Called with the interface's name when it is there, before it is up: its settings.</summary>
    public Action<string>? BeforeUp { get; init; }
}
