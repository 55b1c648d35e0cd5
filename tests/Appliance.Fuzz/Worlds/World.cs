using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Fuzz.Oracle;
using Appliance.Node;
using Appliance.Wire.Ethernet;

namespace Appliance.Fuzz.Worlds;

/// <summary>
/// One appliance with ports in memory, its twin, and the checks between the two. It is at rest between bursts and lives as long as the run.
/// </summary>
internal sealed class World : IDisposable
{
    private readonly ApplianceNode _node;
    private readonly MemoryInbox[] _inboxes;
    private readonly Worker[] _workers;
    private readonly Willingness _willingness = new();
    private readonly Ledger _ledger;
    private int _skew;                                                  // of a canary

    public World(WorldRecipe recipe, int? workers, Burst burst)
    {
        Recipe = recipe;
        ConfigurationResult loaded = ConfigurationLoader.LoadText(recipe.Text, $"{recipe.Name}.yaml");
        RuntimeModel model = loaded.Model ?? throw new InvalidOperationException(string.Join('\n', loaded.Errors));
        _node = new ApplianceNode(model, new NodeOptions
        {
            Workers = workers ?? recipe.Workers,
            StrictMac = recipe.StrictMac,
            InventNeighbours = recipe.InventNeighbours,
            PoolSize = recipe.PoolSize,
        });
        _workers = [.. _node.Workers];
        Facts = new RoutingFacts(model, recipe.InventNeighbours);
        Judge = new Judge(Facts, recipe.StrictMac);
        Output = new OutputCheck(Facts, burst, _node.Models.Steering.Table.Buckets);
        _ledger = new Ledger(_workers, recipe.IsScarce);
        _inboxes = [.. _workers.Select(worker => new MemoryInbox(worker.Pool, Burst.Capacity))];
        PhysicalPorts = [.. model.Ports.Where(port => port.IsPhysical).Select(port => port.Index)];
        foreach (int port in PhysicalPorts)
            Attach(model.Ports[port]);
    }

    public WorldRecipe Recipe { get; }

    public RoutingFacts Facts { get; }

    public Judge Judge { get; }

    public OutputCheck Output { get; }

    public ImmutableArray<int> PhysicalPorts { get; }

    public int WorkerCount => _workers.Length;

    public ReadOnlySpan<long> Drops => _ledger.Drops;

    public long Consumed => _workers.Sum(worker => worker.Counters.Consumed);

    public long HandedOff => _workers.Sum(worker => worker.Counters.HandedOff);

    /// <summary>
    /// Sends the burst through and checks it; throws at the first thing that is wrong. Allocates nothing unless it is traced.
    /// </summary>
    /// <param name="willing">Frames that the ports take before they are opened again.</param>
    /// <param name="trace">Null unless the stages are to be counted.</param>
    public void Run(Burst burst, MonotonicTime now, int willing, IPathTrace? trace)
    {
        long transmittedBefore = Output.Transmitted;
        Output.Now = now;
        _ledger.Open();
        _willingness.Frames = willing;
        Offer(burst);
        foreach (Worker worker in _workers)
            worker.Trace = trace;
        _workers[0].Counters.Consumed += _skew;
        _skew = 0;
        _node.StepUntilIdle(now);
        _willingness.Frames = Willingness.Unlimited;
        _node.StepUntilIdle(now);
        string? wrong = _ledger.Close(Output.Transmitted - transmittedBefore);
        string? missing = Completion.WhatIsMissing(burst, Facts, Recipe.IsScarce, out int frame);
        if (missing is not null) throw new FuzzFailureException(wrong is null ? missing : $"{missing}; {wrong}", frame);
        if (wrong is not null) throw new FuzzFailureException(wrong);
    }

    /// <summary>New models in place of the old, with the same content: what is swapped must not be missed.</summary>
    public void Reload() => _node.Apply(_node.Configuration);

    /// <summary>Does something wrong that the next burst must not get away with.</summary>
    public void Sabotage(Canary canary)
    {
        if (canary == Canary.FlippedBit) Output.FlipNextBit = true;
        if (canary == Canary.LostFrame) _inboxes[0].TryRent(0, out _);
        if (canary == Canary.SkewedAccounts) _skew = 1;
    }

    public void Dispose() => _node.Dispose();

    /// <summary>Any worker may have any port's frame: a NIC spreads as it likes.</summary>
    private void Offer(Burst burst)
    {
        for (int i = 0; i < burst.Count; i++)
        {
            ref Input input = ref burst.Inputs[i];
            MemoryInbox inbox = _inboxes[(int)((uint)(i + burst.Number) % (uint)_inboxes.Length)];
            input.IsOffered = inbox.TryRent(input.Length, out Frame frame);
            if (!input.IsOffered && !Recipe.IsScarce) throw new FuzzFailureException("a pool at rest had no frame left", i);
            if (!input.IsOffered) continue;
            burst.FrameOf(input).CopyTo(frame.Bytes);
            frame.Info.Ordinal = burst.FirstOrdinal + i;
            inbox.TryAdd(frame, new PortId((ushort)input.Port));
            _ledger.Expect(input.Fate);
        }
    }

    private void Attach(PortModel model)
    {
        var id = new PortId((ushort)model.Index);
        MacAddress mac = NodeModelsBuilder.MacOf(model.Ordinal);
        IPort port = new MemoryPort(id, model.Name, mac, model.MtuBytes, worker => _inboxes[worker], Output);
        if (Recipe.IsScarce) port = new ReluctantPort(port, _willingness);
        foreach (Worker worker in _workers)
            worker.Attach(id, port.OpenQueue(worker.Id, worker.Pool));
    }
}
