using System.Buffers.Binary;
using System.Security.Cryptography;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Node;
using Appliance.Ports.Linux;
using Appliance.Routing;
using Appliance.Threads;

namespace Appliance.Running;

/// <summary>What an appliance that runs has around it, so that tests can give it other.</summary>
internal sealed record Surroundings
{
    public required IPortSource Ports { get; init; }

    /// <summary>The host; null: ports have no end there.</summary>
    public IHostSide? Host { get; init; }

    public required IServiceNotices Notices { get; init; }

    public required OperatorLog Log { get; init; }

    /// <summary>What the kernel says of devices, for the thread of failover alone; null: it is told by the control thread only.</summary>
    public Func<HostMonitor>? WatchDevices { get; init; }

    /// <summary>For each thread one.</summary>
    public required Func<ISleep> NewSleep { get; init; }

    /// <summary>From which every other secret of this run derives; nobody else can know it.</summary>
    public required ulong Secret { get; init; }

    /// <summary>Whether the box is out of service, over restarts; null: nothing outlives it.</summary>
    public MaintenanceNote? Maintenance { get; init; }

    /// <summary>Names a life of the lane: never the same twice, and not to be guessed.</summary>
    public Func<UInt128> NewLaneSession { get; init; } = () => BinaryPrimitives.ReadUInt128LittleEndian(RandomNumberGenerator.GetBytes(16));

    /// <summary>What a box of a pair does before it joins, while it forwards already.</summary>
    public Action Rehearse { get; init; } = () => { };

    /// <summary>Where tables of states get their memory.</summary>
    public ITableMemory TableMemory { get; init; } = ProcessMemory.Instance;

    /// <summary>How neighbours are asked for.</summary>
    public NeighbourOptions Neighbours { get; init; } = new() { ReportsGroups = true };

    /// <summary>As many as the configuration says, or a processor each.</summary>
    public static int WorkersFor(RuntimeModel model) => Math.Min(model.Vcpus ?? ProcessorAffinity.Allowed().Length, NodeOptions.MaxWorkers);
}
