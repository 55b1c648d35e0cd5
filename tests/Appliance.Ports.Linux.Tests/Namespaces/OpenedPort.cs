using System.Diagnostics;
using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ip;

namespace Appliance.Ports.Linux.Tests;

/// <summary>A port with one pool for all its queues, and what a worker does with it, step by step.</summary>
internal sealed class OpenedPort : IDisposable
{
    private readonly FrameBatch _batch = new();
    private readonly Wakeup _wakeup = new();

    public OpenedPort(IPort port, int queues = 1, FramePoolSize? size = null)
    {
        Port = port;
        Pool = new FramePool(0, size ?? FramePoolSize.Default);
        Queues = [.. Enumerable.Range(0, queues).Select(index => port.OpenQueue(index, Pool))];
        foreach (IPortQueue queue in Queues) _wakeup.Watch(queue.WakeupDescriptor);
    }

    public IPort Port { get; }

    public FramePool Pool { get; }

    public IPortQueue[] Queues { get; }

    public IPortQueue Queue => Queues[0];

    /// <summary>Frames until there are so many or none comes any more; each is shown, then goes home. Answers how many.</summary>
    public int Receive(int count, Action<Frame, int> show, int milliseconds = 5000)
    {
        int seen = 0;
        var quiet = Stopwatch.StartNew();
        while (seen < count && quiet.ElapsedMilliseconds <= milliseconds)
        {
            int before = seen;
            for (int i = 0; i < Queues.Length; i++)
            {
                seen += Queues[i].Receive(_batch);
                foreach (Frame frame in _batch.Frames)
                {
                    show(frame, i);
                    Pool.Return(frame);
                }

                _batch.Clear();
            }

            if (seen != before) quiet.Restart();
            else _wakeup.Sleep(milliseconds * 1_000_000L);
        }

        return seen;
    }

    public byte[]? ReceiveOne(int milliseconds = 5000)
    {
        byte[]? bytes = null;
        Receive(1, (frame, _) => bytes = frame.Bytes.ToArray(), milliseconds);
        return bytes;
    }

    /// <summary>A frame of the pool with these bytes, parsed as the path would.</summary>
    public Frame Make(byte[] bytes, ChecksumState checksum = ChecksumState.Unknown)
    {
        if (!Pool.TryRent(bytes.Length, out Frame frame)) throw new InvalidOperationException("The pool is empty.");
        bytes.CopyTo(frame.Bytes);
        frame.Info.Checksum = checksum;
        Parse(frame);
        return frame;
    }

    /// <summary>What parsing would find in a sound TCP or UDP frame, tagged or not.</summary>
    public static void Parse(Frame frame)
    {
        PlainHeaders headers = PlainHeaders.Of(frame.Bytes);
        ref FrameInfo info = ref frame.Info;
        info.NetworkOffset = headers.Network;
        info.TransportOffset = headers.Transport;
        info.DatagramLength = frame.Length - headers.Network;
        info.Network = headers.IsIpv6 ? NetworkKind.Ipv6 : NetworkKind.Ipv4;
        info.Protocol = headers.IsTcp ? IpProtocol.Tcp : IpProtocol.Udp;
    }

    /// <summary>Sends all, whatever it takes, and brings them home.</summary>
    public void Send(params ReadOnlySpan<Frame> frames)
    {
        for (int tries = 0; frames.Length > 0 && tries < 100_000; tries++)
        {
            frames = frames[Queue.Transmit(frames)..];
            Queue.Kick();
            BringHome();
        }

        if (frames.Length > 0) throw new InvalidOperationException("The port takes nothing.");
    }

    public void BringHome()
    {
        while (Queue.Reclaim(_batch) > 0)
        {
            foreach (Frame sent in _batch.Frames)
            {
                Frame frame = sent;
                while (!frame.IsNull)
                {
                    Frame next = frame.Info.Next;
                    Pool.Return(frame);
                    frame = next;
                }
            }

            _batch.Clear();
        }
    }

    public void Dispose()
    {
        Port.Dispose();
        Pool.Dispose();
        _wakeup.Dispose();
    }
}
