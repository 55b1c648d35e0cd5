using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>The host's end of a port of a <see cref="Box"/>: what the host gets there, and what it sends.</summary>
internal sealed class HostEnd
{
    private readonly Box _box;
    private readonly PortId _port;
    private readonly TransmitLog _log = new();
    private readonly MemoryInbox[] _inboxes;

    /// <summary>The node of the box must know that the host has an end there.</summary>
    /// <param name="isSoon">No worker has it before he breathes.</param>
    public HostEnd(Box box, string port, bool isSoon = false)
    {
        _box = box;
        PortModel model = box.Node.Configuration.FindPort(port)!;
        _port = new PortId((ushort)model.Index);
        _inboxes = [.. box.Node.Workers.Select(worker => new MemoryInbox(worker.Pool, Box.BurstFrames))];
        box.Node.AttachHost(new MemoryPort(
            _port, port, box.Node.Models.Ports[model.Index].Mac, model.MtuBytes, worker => _inboxes[worker], _log));
        if (!isSoon) box.Node.StepUntilIdle(box.Now);
    }

    /// <summary>A box whose host has an end of each port.</summary>
    public static Box BoxFor(string yaml, int vcpus = 1) => new(yaml, vcpus, options => options with
    {
        HostPorts = [.. Box.ModelOf(yaml).Ports.Select(port => port.Index)],
    });

    /// <summary>What the host got since the last time.</summary>
    public byte[][] Take()
    {
        byte[][] got = [.. _log.Sent.Select(sent => sent.Bytes)];
        _log.Clear();
        return got;
    }

    /// <summary>The host sends frames, which some worker takes; answers what has left meanwhile.</summary>
    public Seen Send(int worker, params byte[][] frames)
    {
        foreach (byte[] frame in frames) Enter(worker, frame);
        return _box.Send([]);
    }

    /// <summary>Puts a frame of the host before a worker, without a breath.</summary>
    public void Enter(int worker, byte[] bytes)
    {
        Assert.True(_inboxes[worker].TryRent(bytes.Length, out Frame frame), "The pool is empty.");
        bytes.CopyTo(frame.Bytes);
        Assert.True(_inboxes[worker].TryAdd(frame, _port), "The inbox is full.");
    }

    public Seen Send(params byte[][] frames) => Send(0, frames);
}
