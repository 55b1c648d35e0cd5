using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests.Steering;

/// <summary>
/// Numbered frames of many flows into a box whose workers breathe in any order, and a check that each flow leaves whole and in order. Half
/// of the flows go out by the wan, a third of them are pinged by an outsider and answered by the box itself.
/// </summary>
internal sealed class FlowStorm : IDisposable
{
    private const int Flows = 96;
    private const int PayloadBytes = 8;                 // flow, then number

    private readonly int _seed;
    private readonly Random _random;
    private readonly Box _box;
    private readonly uint[] _entered = new uint[Flows];
    private int _favourite;

    public FlowStorm(int seed, int vcpus, string steering = "")
    {
        _seed = seed;
        _random = new Random(seed);
        _box = new Box(Boxes.Edge + steering, vcpus);
    }

    public ApplianceNode Node => _box.Node;

    public long Sent => _entered.Sum(count => (long)count);

    /// <summary>
    /// Some frames enter, and a few workers breathe, half as many as there are; for a while one of them far more often than the others, so
    /// that rings fill.
    /// </summary>
    public void Round()
    {
        for (int frames = _random.Next(48); frames > 0; frames--) TryEnter(_random.Next(Flows));
        for (int breaths = _random.Next(Math.Max(3, Node.Workers.Length + 1)); breaths > 0; breaths--)
            Node.Workers[_random.Next(2) == 0 ? _favourite : _random.Next(Node.Workers.Length)].Step(_box.Now);
        if (_random.Next(40) == 0) _favourite = _random.Next(Node.Workers.Length);
    }

    /// <summary>A table made by chance: half of the buckets stay where they are.</summary>
    public IndirectionTable SomeTable() => new(
        [.. Node.Steering.Table.Owners.Select(owner => _random.Next(2) == 0 ? owner : (ushort)_random.Next(Node.Workers.Length))]);

    /// <summary>Everything comes to rest, nothing is lost, and no flow has been reordered.</summary>
    public void MustHaveKeptOrder()
    {
        Node.StepUntilIdle(_box.Now);
        Box.MustBeSettled(Node);
        Assert.True(Node.IsSteeringSettled, "A change is still under way.");
        Assert.Equal(0, Node.ReadAccounts().Dropped);
        var next = new uint[Flows];
        foreach (byte[] frame in _box.Log.Sent.Select(sent => sent.Bytes))
        {
            ReadOnlySpan<byte> payload = frame.AsSpan(^PayloadBytes..);
            uint flow = BinaryPrimitives.ReadUInt32BigEndian(payload);
            uint number = BinaryPrimitives.ReadUInt32BigEndian(payload[4..]);
            Assert.True(next[flow] == number, $"Seed {_seed}: flow {flow} left with {number} where {next[flow]} was to come.");
            next[flow]++;
        }

        Assert.Equal(_entered, next);
    }

    public void Dispose() => _box.Dispose();

    private void TryEnter(int flow)
    {
        string port = flow % 2 == 0 ? "lan" : "wan";
        if (_box.Room(port) == 0) return;
        var payload = new byte[PayloadBytes];
        BinaryPrimitives.WriteInt32BigEndian(payload, flow);
        BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(4), _entered[flow]++);
        _box.Enter(port, FrameOf(flow, payload));
    }

    private static byte[] FrameOf(int flow, byte[] payload)
    {
        string lan = $"192.168.1.{10 + (flow % 200)}", outside = $"198.51.{flow % 7}.{flow}";
        TestTransport transport = flow % 3 == 0
            ? TestTransport.Icmp(8, 0, (uint)(flow << 16), payload)
            : TestTransport.Udp((ushort)(1000 + flow), 53, payload);
        if (flow % 2 == 0) return TestFrames.Ipv4(lan, outside, transport);
        return TestFrames.Ipv4(outside, flow % 3 == 0 ? "203.0.113.2" : lan, transport);
    }
}
