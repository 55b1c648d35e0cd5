using System.Buffers.Binary;
using Appliance.Engine;
using Xunit;

namespace Appliance.Ports.SharpPcap.Tests;

/// <summary>Frames through the loopback device, which needs the right to capture and libpcap, and nothing else.</summary>
public sealed class LoopbackTests : IDisposable
{
    private const ushort Experimental = 0x88b5;                         // IEEE 802, local experimental
    private const int MaxBreaths = 2_000_000;

    private readonly FramePool _pool = new(0, new FramePoolSize(256, 16, 8));
    private readonly FrameBatch _batch = new();

    [Fact]
    public void What_one_handle_sends_another_receives_once_in_order_and_unchanged()
    {
        using SharpPcapPort sender = Open(), receiver = Open();
        IPortQueue sends = sender.OpenQueue(1, _pool), receives = receiver.OpenQueue(0, _pool);
        Send(sends, Numbered(-1, 60));                                  // the first is lost
        int[] lengths = [60, 61, 64, 590, 1514, 1515, 9014, 65_000];
        byte[][] sent = [.. Enumerable.Range(0, 200).Select(i => Numbered(i, lengths[i % lengths.Length]))];
        var seen = new List<byte[]>();
        foreach (byte[] bytes in sent)
        {
            Send(sends, bytes);
            Receive(receives, seen, seen.Count + 1);
        }

        Assert.Equal(sent, seen);
        Assert.Equal(0, receiver.Lost);
        Assert.Equal(0, _pool.InFlight);
    }

    [Fact]
    public void A_handle_that_only_sends_receives_nothing()
    {
        using SharpPcapPort port = Open();
        IPortQueue receives = port.OpenQueue(0, _pool), other = port.OpenQueue(1, _pool);
        Send(other, Numbered(-1, 60));                                  // the first is lost
        Send(other, Numbered(1, 60));
        Receive(receives, [], 1);
        Assert.Equal(0, other.Receive(_batch));
        Assert.Equal(-1, other.WakeupDescriptor);
        Assert.True(receives.WakeupDescriptor >= 0);
    }

    [Fact]
    public void What_finds_no_free_frame_waits_and_is_not_lost()
    {
        using SharpPcapPort port = Open();
        using var small = new FramePool(1, new FramePoolSize(1, 0, 0));
        IPortQueue receives = port.OpenQueue(0, small), other = port.OpenQueue(1, _pool);
        for (int i = -1; i < 3; i++) Send(other, Numbered(i, 60));      // the first is lost
        for (int i = 0; i < 3; i++)
        {
            int breaths = 0;
            while (receives.Receive(_batch) == 0) Assert.True(++breaths < MaxBreaths, "Nothing came.");
            Assert.Equal(0, receives.Receive(_batch));                  // the pool is empty
            Frame frame = Assert.Single(_batch.Frames.ToArray());
            Assert.Equal(Numbered(i, 60), frame.Bytes.ToArray());
            small.Return(frame);
            _batch.Clear();
        }
    }

    [Fact]
    public void A_device_that_does_not_exist_is_named()
    {
        IOException refused = Assert.Throws<IOException>(() => new SharpPcapPort(new PortId(0), "lan", "no-such-device", 1500, queues: 1));
        Assert.Contains("no-such-device", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _pool.Dispose();

    private static SharpPcapPort Open()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Capturing needs root.");
        return new SharpPcapPort(new PortId(3), "loop", "lo", 65_535, queues: 2);
    }

    private void Send(IPortQueue queue, byte[] bytes)
    {
        Assert.True(_pool.TryRent(bytes.Length, out Frame frame));
        bytes.CopyTo(frame.Bytes);
        Assert.Equal(1, queue.Transmit([frame]));
        queue.Kick();
        Assert.Equal(1, queue.Reclaim(_batch));
        _pool.Return(frame);
        _batch.Clear();
    }

    /// <summary>Until as many of our frames have come; whatever else the loopback carries is passed over.</summary>
    private void Receive(IPortQueue queue, List<byte[]> seen, int until)
    {
        for (int breaths = 0; seen.Count < until; breaths++)
        {
            Assert.True(breaths < MaxBreaths, $"Only {seen.Count} of {until} frames came.");
            queue.Receive(_batch);
            foreach (Frame frame in _batch.Frames)
            {
                Assert.Equal(3, frame.Info.IngressPort);
                if (BinaryPrimitives.ReadUInt16BigEndian(frame.Bytes[12..]) == Experimental) seen.Add(frame.Bytes.ToArray());
                _pool.Return(frame);
            }

            _batch.Clear();
        }
    }

    private static byte[] Numbered(int number, int length)
    {
        var bytes = new byte[length];
        for (int i = 14; i < length; i++) bytes[i] = (byte)(i * 7);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(12), Experimental);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(14), number);
        return bytes;
    }
}
