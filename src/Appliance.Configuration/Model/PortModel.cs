using System.Collections.Immutable;
using Appliance.Wire.Ip;

namespace Appliance.Configuration;

/// <summary>
/// A port as the data path needs it. <see cref="Index" /> counts all ports from 0 in the order of the configuration; <see cref="Ordinal" />
/// counts the physical ones from 1, and a sub-port has that of the physical port that carries it, as it has its backend, device, offloads
/// and MAC.
/// </summary>
public sealed record PortModel
{
    public required int Index { get; init; }
    public required int Ordinal { get; init; }
    public required string Name { get; init; }

    /// <summary>The index of the port that carries this one; null for a physical port.</summary>
    public int? ParentIndex { get; init; }

    /// <summary>1–4094 for a sub-port, otherwise null.</summary>
    public int? VlanId { get; init; }

    public required PortBackend Backend { get; init; }

    /// <summary>Null for sub-ports, and where the backend needs none.</summary>
    public DeviceSelector? Device { get; init; }

    /// <summary>Own static addresses in the order written, with the length of their network.</summary>
    public ImmutableArray<IpPrefix> Addresses { get; init; } = [];

    /// <summary>The addresses of this port's CARP groups, in the order written.</summary>
    public ImmutableArray<IpPrefix> VirtualAddresses { get; init; } = [];

    public DynamicAddressing Dynamic { get; init; }

    /// <summary>The largest datagram that leaves, in bytes from the IP header on: 576–9216, at least 1280 with IPv6.</summary>
    public int MtuBytes { get; init; } = DefaultMtuBytes;

    public ReversePath ReversePath { get; init; }

    /// <summary>Names by which a ruleset means several ports; never the name of a port.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    public OffloadModel Offloads { get; init; } = OffloadModel.Default;

    public const int DefaultMtuBytes = 1500;

    /// <summary>Null: the host has no end of this port.</summary>
    public HostPathModel? HostPath { get; init; }

    /// <summary>What the host has on the device moves to its end of the port, and back at an orderly stop.</summary>
    public bool TakesOver { get; init; }

    /// <summary>The families whose addresses are learned from the host's end.</summary>
    public bool LearnsV4 => TakesOver || (Dynamic & (DynamicAddressing.Dhcp | DynamicAddressing.Host)) != 0;

    public bool LearnsV6 => TakesOver || (Dynamic & (DynamicAddressing.Slaac | DynamicAddressing.Host)) != 0;

    /// <summary>
    /// A place that a removed port has left empty in a running appliance (<see cref="PortNumbering"/>): it has no name, no device and no
    /// address. None is in what was loaded.
    /// </summary>
    public bool IsVacant { get; init; }

    public bool IsPhysical => ParentIndex is null && !IsVacant;

    /// <summary>An empty place.</summary>
    internal static PortModel Vacant(int index) =>
        new() { Index = index, Ordinal = 0, Name = "", Backend = PortBackend.Pcap, IsVacant = true };
}
