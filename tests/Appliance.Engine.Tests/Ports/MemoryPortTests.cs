using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Xunit;

namespace Appliance.Engine.Tests.Ports;

public sealed class MemoryPortTests : IDisposable
{
    private readonly FramePool _pool = new(0, new FramePoolSize(256, 0, 0));

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void Frames_of_several_ports_are_received_in_the_one_order_in_which_they_came()
    {
        var inbox = new MemoryInbox(_pool, 200);
        IPortQueue[] queues = [.. Enumerable.Range(0, 3).Select(port => Open(port, inbox, new TransmitLog()))];
        var random = new Random(3);
        List<Frame> expected = [];
        for (int i = 0; i < 200; i++)
            expected.Add(Put(inbox, random.Next(3)));

        var received = new List<Frame>();
        while (inbox.Count > 0)
        {
            var batch = new FrameBatch();
            while (batch.Room > 0 && queues.Sum(queue => queue.Receive(batch)) > 0)
            {
            }

            Assert.Equal(Math.Min(FrameBatch.DefaultCapacity, expected.Count - received.Count), batch.Count);
            received.AddRange(batch.Frames.ToArray());
        }

        Assert.Equal(expected, received);
    }

    [Fact]
    public void A_queue_takes_the_run_at_the_front_that_is_its_own_and_no_more()
    {
        var inbox = new MemoryInbox(_pool, 8);
        IPortQueue first = Open(0, inbox, new TransmitLog()), second = Open(1, inbox, new TransmitLog());
        Frame[] frames = [Put(inbox, 0), Put(inbox, 0), Put(inbox, 1), Put(inbox, 0)];
        var batch = new FrameBatch();
        Assert.Equal(0, second.Receive(batch));
        Assert.Equal(2, first.Receive(batch));
        Assert.Equal(0, first.Receive(batch));
        Assert.Equal(1, second.Receive(batch));
        Assert.Equal(1, first.Receive(batch));
        Assert.Equal(frames, batch.Frames.ToArray());
    }

    [Fact]
    public void A_full_inbox_refuses_and_leaves_the_frame_with_the_caller()
    {
        var inbox = new MemoryInbox(_pool, 2);
        Put(inbox, 0);
        Put(inbox, 0);
        Assert.True(inbox.TryRent(64, out Frame frame));
        Assert.False(inbox.TryAdd(frame, new PortId(0)));
        Assert.Equal(2, inbox.Count);
    }

    [Fact]
    public void An_inbox_goes_round_its_end()
    {
        var inbox = new MemoryInbox(_pool, 3);
        IPortQueue queue = Open(0, inbox, new TransmitLog());
        for (int i = 0; i < 20; i++)
        {
            Frame[] frames = [Put(inbox, 0), Put(inbox, 0)];
            var batch = new FrameBatch();
            Assert.Equal(2, queue.Receive(batch));
            Assert.Equal(frames, batch.Frames.ToArray());
            foreach (Frame frame in frames)
                _pool.Return(frame);
        }
    }

    [Fact]
    public void What_leaves_is_shown_to_the_sink_in_order_and_can_be_reclaimed_at_once()
    {
        var log = new TransmitLog();
        IPortQueue queue = Open(2, new MemoryInbox(_pool, 1), log);
        Frame[] frames = [.. Enumerable.Range(0, 3).Select(Numbered)];
        Assert.Equal(3, queue.Transmit(frames));
        Assert.Equal([0, 1, 2], log.SentBy(2).Select(bytes => bytes[0]));
        var reclaimed = new FrameBatch();
        Assert.Equal(3, queue.Reclaim(reclaimed));
        Assert.Equal(frames, reclaimed.Frames.ToArray());
        Assert.Equal(0, queue.Reclaim(new FrameBatch()));
    }

    [Fact]
    public void It_takes_no_more_than_it_can_hold_until_frames_are_reclaimed()
    {
        IPortQueue queue = Open(0, new MemoryInbox(_pool, 1), new TransmitLog());
        Frame[] frames = [.. Enumerable.Range(0, 100).Select(Numbered)];
        int taken = queue.Transmit(frames);
        Assert.InRange(taken, 1, 99);
        Assert.Equal(0, queue.Transmit(frames.AsSpan(taken)));
        var reclaimed = new FrameBatch(10);
        Assert.Equal(10, queue.Reclaim(reclaimed));
        Assert.Equal(10, queue.Transmit(frames.AsSpan(taken)));
    }

    [Fact]
    public void Each_worker_has_the_inbox_that_was_meant_for_it()
    {
        MemoryInbox[] inboxes = [new(_pool, 4), new(_pool, 4)];
        using var port = new MemoryPort(new PortId(0), "lan", default, 1500, worker => inboxes[worker], new TransmitLog());
        IPortQueue[] queues = [port.OpenQueue(0, _pool), port.OpenQueue(1, _pool)];
        Frame frame = Put(inboxes[1], 0);
        var batch = new FrameBatch();
        Assert.Equal(0, queues[0].Receive(batch));
        Assert.Equal(1, queues[1].Receive(batch));
        Assert.Equal([frame], batch.Frames.ToArray());
        Assert.Equal(-1, queues[0].WakeupDescriptor);
    }

    [Fact]
    public void It_says_what_it_is()
    {
        using var port = new MemoryPort(new PortId(3), "wan", new MacAddress(5), 9000, _ => new MemoryInbox(_pool, 1), new TransmitLog());
        Assert.Equal(
            (new PortId(3), "wan", new MacAddress(5), 9000, LinkState.Up, PortCapabilities.None),
            (port.Id, port.Name, port.Mac, port.MtuBytes, port.Link, port.Capabilities));
    }

    private IPortQueue Open(int port, MemoryInbox inbox, TransmitLog log) =>
        new MemoryPort(new PortId((ushort)port), $"port{port}", default, 1500, _ => inbox, log).OpenQueue(0, _pool);

    private static Frame Put(MemoryInbox inbox, int port)
    {
        Assert.True(inbox.TryRent(64, out Frame frame));
        Assert.True(inbox.TryAdd(frame, new PortId((ushort)port)));
        Assert.Equal(port, frame.Info.IngressPort);
        return frame;
    }

    private Frame Numbered(int number)
    {
        Assert.True(_pool.TryRent(64, out Frame frame));
        frame.Bytes[0] = (byte)number;
        return frame;
    }
}
