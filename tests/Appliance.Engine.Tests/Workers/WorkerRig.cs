using System.Collections.Immutable;
using Appliance.Testing;
using Xunit;

namespace Appliance.Engine.Tests.Workers;

/// <summary>Workers with a port queue for each physical port, whose frames are accounted for after every breath.</summary>
internal sealed class WorkerRig : IDisposable
{
    public static readonly MonotonicTime Now = new(1_000);
    private readonly HandOffMesh _mesh;
    private readonly PortTable _ports;
    private readonly ScriptedPortQueue[,] _queues;

    public WorkerRig(int workers, PortTable ports, Func<int, StageSequence> path, FramePoolSize? poolSize = null, int ringCapacity = 1024)
    {
        FramePoolSize size = poolSize ?? new FramePoolSize(1024, 0, 0);
        _ports = ports;
        _mesh = new HandOffMesh(workers, size);
        _queues = new ScriptedPortQueue[workers, ports.Count];
        Workers = [.. Enumerable.Range(0, workers).Select(id => new Worker(id, ports, new FramePool((ushort)id, size), path(id), _mesh))];
        foreach (Worker worker in Workers)
            Attach(worker, ringCapacity);
    }

    public ImmutableArray<Worker> Workers { get; }

    public WorkerCounters Counters => Workers[0].Counters;

    /// <summary>A worker's end of a physical port.</summary>
    public ScriptedPortQueue Queue(int port, int worker = 0) => _queues[worker, port];

    /// <summary>One worker, ports without sub-ports, and stages that only judge; what they let pass leaves by port 0.</summary>
    public static WorkerRig Single(int ports, params IStage[] judging) =>
        new(1, FlatPorts(ports), _ => new StageSequence([], [.. judging], [ScriptedStage.LeavingBy(0)]));

    public static PortTable FlatPorts(int ports) =>
        new([.. Enumerable.Range(0, ports).Select(
            index => new PortFacts { Index = index, Name = $"port{index}", Physical = index, Mac = default })]);

    /// <summary>One breath of every worker; whatever was rented lies somewhere when a breath ends.</summary>
    public int Step()
    {
        int work = 0;
        foreach (Worker worker in Workers)
        {
            work += worker.Step(Now);
            AssertSettled();
        }

        return work;
    }

    /// <summary>Breaths until no worker has anything to do, which must come to pass.</summary>
    public void StepUntilIdle()
    {
        for (int breaths = 0; Step() > 0; breaths++)
            Assert.True(breaths < 10_000, "The workers never rest.");
    }

    /// <summary>rented = returned + in flight, frame by frame: in queues, waiting for a port, or between workers.</summary>
    public void AssertSettled()
    {
        int inQueues = _queues.Cast<ScriptedPortQueue?>().Sum(queue => queue?.Held ?? 0);
        int held = inQueues + Workers.Sum(worker => worker.FramesHeld) + _mesh.Count;
        Assert.Equal(Workers.Sum(worker => worker.Pool.InFlight), held);
    }

    /// <summary>At rest every frame has come home to its own pool and the accounts of all workers together balance.</summary>
    public void AssertBalanced()
    {
        Assert.All(Workers, worker => Assert.Equal(0, worker.Pool.InFlight));
        Assert.Equal(
            Workers.Sum(worker => worker.Counters.Received + worker.Counters.Generated),
            Workers.Sum(worker => worker.Counters.Transmitted + worker.Counters.Dropped + worker.Counters.Consumed));
        Assert.Equal(Workers.Sum(worker => worker.Counters.Received), Workers.Sum(worker => worker.Counters.OwnedFrames));
    }

    public void Dispose()
    {
        foreach (Worker worker in Workers)
            worker.Pool.Dispose();
        _mesh.Dispose();
    }

    private void Attach(Worker worker, int ringCapacity)
    {
        for (int port = 0; port < _ports.Count; port++)
        {
            if (_ports[port].Physical != port) continue;
            var id = new PortId((ushort)port);
            _queues[worker.Id, port] = new ScriptedPortQueue(id, worker.Pool, ringCapacity);
            worker.Attach(id, _queues[worker.Id, port]);
        }
    }
}
