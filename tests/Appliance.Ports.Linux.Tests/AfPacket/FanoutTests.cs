using System.Buffers.Binary;
using Appliance.Testing;
using Xunit;

namespace Appliance.Ports.Linux.Tests;

public sealed class FanoutTests : IDisposable
{
    private readonly NetworkNamespace _namespace = new();

    public FanoutTests() => _namespace.AddPair("near", "far");

    public void Dispose() => _namespace.Dispose();

    [Fact]
    public void Every_frame_comes_once_and_a_flow_keeps_its_queue_in_both_directions() => _namespace.Run(() =>
    {
        const int Flows = 64, Rounds = 10, Queues = 4;
        using var port = new OpenedPort(AfPacketPort.Open(PlainFrameTests.Options() with { Queues = Queues }), Queues);
        using var peer = new RawPeer("far");
        for (int i = 0; i < Rounds * Flows; i++) peer.Send(OfFlow(i % Flows, isBack: i / Flows % 2 == 1, i));
        var queueOf = new Dictionary<int, int>();
        var seen = new HashSet<int>();
        var last = new int[Queues];
        port.Receive(Rounds * Flows, (frame, queue) =>
        {
            int number = BinaryPrimitives.ReadInt32BigEndian(frame.Bytes[^4..]);
            Assert.True(seen.Add(number));
            Assert.True(number >= last[queue]);
            last[queue] = number;
            Assert.Equal(queue, queueOf.GetValueOrDefault(number % Flows, queue));
            queueOf[number % Flows] = queue;
            Assert.Equal(queue, frame.Info.Ordinal >> 48);
        });
        Assert.Equal(Rounds * Flows, seen.Count);
        Assert.Equal(Queues, queueOf.Values.Distinct().Count());
        Assert.Equal(default, ((AfPacketPort)port.Port).Losses);
    });

    [Fact]
    public void Two_ports_with_queues_do_not_mix() => _namespace.Run(() =>
    {
        _namespace.AddPair("near2", "far2");
        using var one = new OpenedPort(AfPacketPort.Open(PlainFrameTests.Options() with { Queues = 2 }), queues: 2);
        using var two = new OpenedPort(AfPacketPort.Open(PlainFrameTests.Options("near2") with { Queues = 2 }), queues: 2);
        using var peer = new RawPeer("far");
        using var peer2 = new RawPeer("far2");
        peer.Send(PlainFrameTests.Udp(1));
        peer2.Send(PlainFrameTests.Udp(2));
        Assert.Equal(PlainFrameTests.Udp(1), one.ReceiveOne());
        Assert.Equal(PlainFrameTests.Udp(2), two.ReceiveOne());
        Assert.Null(one.ReceiveOne(milliseconds: 20));
        Assert.Null(two.ReceiveOne(milliseconds: 20));
    });

    private static byte[] OfFlow(int flow, bool isBack, int number)
    {
        var payload = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, number);
        var port = (ushort)(1000 + flow);
        return isBack
            ? TestFrames.Ipv4("198.51.100.2", "192.0.2.1", TestTransport.Udp(2000, port, payload))
            : TestFrames.Ipv4("192.0.2.1", "198.51.100.2", TestTransport.Udp(port, 2000, payload));
    }
}
