using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;

namespace Appliance.Node;

/// <summary>Sends packets one by one through a node of its own and says what every stage did to each and why.</summary>
public sealed class PacketTracer : IDisposable
{
    private readonly ApplianceNode _node;
    private readonly PacketTrace _trace;
    private readonly ArrivalPort _arrival;
    private readonly MemoryInbox[] _inboxes;
    private MonotonicTime _now;

    public PacketTracer(RuntimeModel configuration, NodeOptions options)
    {
        _node = new ApplianceNode(configuration, options);
        _trace = new PacketTrace(_node.Models.Ports);
        _arrival = new ArrivalPort(() => _node.Models.Routing);
        _inboxes = [.. _node.Workers.Select(worker => new MemoryInbox(worker.Pool, 1))];
        foreach (PortModel port in configuration.Ports.Where(port => port.IsPhysical))
            Attach(port);
        foreach (Worker worker in _node.Workers)
            worker.Trace = _trace;
    }

    public PortTable Ports => _node.Models.Ports;

    /// <summary>Of several ports the one that the frame's source is routed to, as in a replay; else the first.</summary>
    public int ArrivalPortOf(ReadOnlySpan<byte> bytes, ImmutableArray<int> ports) => _arrival.Choose(ports, bytes);

    /// <summary>Traces one frame that arrives at a physical port at <paramref name="now"/>, not earlier than the one before.</summary>
    public PacketVerdict Trace(int port, ReadOnlySpan<byte> bytes, MonotonicTime now, long ordinal = 1)
    {
        _now = now > _now ? now : _now;
        int worker = _node.Configuration.Ports[port].Ordinal % _node.Workers.Length;
        if (!_inboxes[worker].TryRent(bytes.Length, out Frame frame))
            throw new InvalidOperationException("A fresh pool has room for one frame.");
        bytes.CopyTo(frame.Bytes);
        frame.Info.Ordinal = ordinal;
        _inboxes[worker].TryAdd(frame, new PortId((ushort)port));
        _node.StepUntilIdle(_now);
        return _trace.Finish();
    }

    /// <summary>The verdict on a record that never became a frame.</summary>
    public PacketVerdict Refuse(DropReason reason)
    {
        _trace.Refuse(reason);
        return _trace.Finish();
    }

    public void Dispose() => _node.Dispose();

    private void Attach(PortModel port)
    {
        var id = new PortId((ushort)port.Index);
        var memory = new MemoryPort(id, port.Name, Ports[port.Index].Mac, port.MtuBytes, worker => _inboxes[worker], _trace);
        foreach (Worker worker in _node.Workers)
            worker.Attach(id, memory.OpenQueue(worker.Id, worker.Pool));
    }
}
