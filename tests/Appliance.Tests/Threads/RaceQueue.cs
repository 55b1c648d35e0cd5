using Appliance.Engine;

namespace Appliance.Tests.Threads;

/// <summary>One worker's end of a port: its share of the flows comes in until the quota is used up, and what leaves is looked at.</summary>
internal sealed class RaceQueue(PortId port, FramePool pool, RaceFlows flows, int first, int step, long quota, Func<bool> mayReceive)
    : IPortQueue
{
    private readonly FrameBatch _sent = new();
    private ulong _random = (ulong)first + 1;
    private long _left = quota;

    public int WakeupDescriptor => -1;

    public int Receive(FrameBatch into)
    {
        int received = 0;
        if (_left == 0 || !mayReceive()) return 0;
        for (; into.Room > 0 && _left > 0; received++, _left--)
        {
            int flow = Next();
            if (!pool.TryRent(flows.LengthOf(flow), out Frame frame)) break;
            flows.WriteNext(flow, frame.Bytes);
            frame.Info.IngressPort = port.Index;
            into.TryAdd(frame);
        }

        return received;
    }

    public int Transmit(ReadOnlySpan<Frame> frames)
    {
        int taken = _sent.Add(frames);
        foreach (Frame frame in frames[..taken]) flows.See(frame.Bytes);
        return taken;
    }

    public void Kick()
    {
    }

    public int Reclaim(FrameBatch into) => _sent.MoveTo(into);

    /// <summary>The same flow a few times in a row, so that its segments meet in a batch; then another (xorshift64).</summary>
    private int Next()
    {
        if (_left % 4 == 0)
        {
            _random ^= _random << 13;
            _random ^= _random >> 7;
            _random ^= _random << 17;
        }

        return (int)(_random % (ulong)(RaceFlows.Count / step) * (ulong)step) + first;
    }
}
