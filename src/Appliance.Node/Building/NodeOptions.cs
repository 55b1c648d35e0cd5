using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Routing;

namespace Appliance.Node;

/// <summary>How a node is run, apart from what its configuration asks.</summary>
public sealed record NodeOptions
{
    /// <summary>Workers where neither <c>--vcpus</c> nor the configuration says how many (replay, test, trace).</summary>
    public const int DefaultWorkers = 2;

    public const int MaxWorkers = RuntimeModel.MaximumVcpus;

    public int? Workers { get; init; }

    /// <summary>Every secret of a replay follows from it.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>
    /// Of a pair, the same on both appliances: the key of the steering follows from it, so that buckets have the same numbers on both.
    /// Null: there is no peer, and it follows from <see cref="Seed"/>.
    /// </summary>
    public ulong? PairSecret { get; init; }

    /// <summary>Off in replay: a unicast frame is taken as addressed to the port whatever its destination MAC.</summary>
    public bool StrictMac { get; init; }

    /// <summary>On in replay: a next hop that nobody can be asked about gets a MAC made of its address.</summary>
    public bool InventNeighbours { get; init; } = true;

    /// <summary>
    /// Live: neighbours are asked for and remembered (<see cref="ApplianceNode.Neighbours"/>). Null: only those that are configured
    /// resolve, or any by <see cref="InventNeighbours"/>, which counts for nothing otherwise.
    /// </summary>
    public NeighbourOptions? LiveNeighbours { get; init; }

    /// <summary>What the devices of live ports are, by port index. A port that is not among them has a MAC made of its ordinal.</summary>
    public ImmutableDictionary<int, PortLink> Links { get; init; } = ImmutableDictionary<int, PortLink>.Empty;

    /// <summary>
    /// Which virtual hosts the box is: written by failover while the node runs. Null, as in a replay: it is all that are configured.
    /// </summary>
    public VirtualHostTable? VirtualHosts { get; init; }

    /// <summary>Ports and sub-ports of which the host has an end, by index.</summary>
    public ImmutableHashSet<int> HostPorts { get; init; } = [];

    /// <summary>
    /// What ports without a link can do by themselves; nothing in replay, where every frame is finished and cut here.
    /// </summary>
    public PortCapabilities Capabilities { get; init; }

    /// <summary>Whether established flows may take the short way, which is the same but for its time; tests compare both.</summary>
    public bool UsesExpress { get; init; } = true;

    /// <summary>
    /// Where tables of states and routes, and the slots of frames, get their memory: they are looked into at random, which huge pages make
    /// much cheaper.
    /// </summary>
    public ITableMemory TableMemory { get; init; } = ProcessMemory.Instance;

    public FramePoolSize PoolSize { get; init; } = FramePoolSize.Default;

    /// <summary>Null: the port has no virtual host.</summary>
    internal VirtualHosts? VirtualHostsOf(PortModel port) =>
        port.VirtualAddresses.IsEmpty ? null : VirtualHosts?[port.Index] ?? Engine.VirtualHosts.All();
}
