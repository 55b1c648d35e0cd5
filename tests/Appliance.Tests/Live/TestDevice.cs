using System.Collections.Concurrent;
using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Wire.Ethernet;

namespace Appliance.Tests.Live;

/// <summary>A device of a machine that is not there: what the test sends arrives at it, what leaves by it is kept.</summary>
internal sealed class TestDevice(string name, ulong mac)
{
    private static int _indices;

    private readonly ConcurrentQueue<byte[]> _sent = [];
    private volatile ImmutableArrayBox _ports = new([]);

    public string Name => name;

    public MacAddress Mac { get; set; } = new(mac);

    /// <summary>Tells it from others, whatever it is called.</summary>
    public int Index { get; } = Interlocked.Increment(ref _indices);

    public int MtuBytes { get; set; } = 1500;

    /// <summary>Says why it cannot be opened; null: it can.</summary>
    public string? Refusal { get; set; }

    /// <summary>What failover has last opened on it.</summary>
    public RecordingWire FailoverWire { get; private set; } = new();

    /// <summary>Ports that have it open.</summary>
    public int Open => _ports.Items.Length;

    public int OpenedInAll { get; private set; }

    public ImmutableArray<byte[]> Sent => [.. _sent];

    public IPort Take(PortId id, int queues)
    {
        var port = new TestPort(this, id, queues);
        _ports = new ImmutableArrayBox(_ports.Items.Add(port));
        OpenedInAll++;
        return port;
    }

    public RecordingWire OpenFailoverWire() => FailoverWire = new RecordingWire();

    /// <summary>A frame arrives, at the queue that is given. Whoever has the device is woken, as a descriptor would.</summary>
    public void Arrive(byte[] frame, int queue = 0)
    {
        foreach (TestPort port in _ports.Items) port.Arrive(frame, queue);
    }

    internal void Give(TestPort port) => _ports = new ImmutableArrayBox(_ports.Items.Remove(port));

    internal void Send(ReadOnlySpan<byte> frame) => _sent.Enqueue(frame.ToArray());

    private sealed record ImmutableArrayBox(ImmutableArray<TestPort> Items);
}
