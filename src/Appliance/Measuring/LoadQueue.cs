using Appliance.Engine;

namespace Appliance.Measuring;

/// <summary>
/// One worker's end of a port in memory that always has frames waiting: it copies them into the pool's slots, as a driver does, and what
/// leaves is gone at once.
/// </summary>
internal sealed class LoadQueue(PortId port, FramePool pool, byte[][] frames) : IPortQueue
{
    private readonly FrameBatch _sent = new();
    private int _next;

    public int WakeupDescriptor => -1;

    public int Receive(FrameBatch into)
    {
        if (frames.Length == 0) return 0;
        int received = 0;
        for (; into.Room > 0; received++)
        {
            byte[] bytes = frames[_next];
            if (!pool.TryRent(bytes.Length, out Frame frame)) break;
            bytes.CopyTo(frame.Bytes);
            frame.Info.IngressPort = port.Index;
            into.TryAdd(frame);
            if (++_next == frames.Length) _next = 0;
        }

        return received;
    }

    public int Transmit(ReadOnlySpan<Frame> frames) => _sent.Add(frames);

    public void Kick()
    {
    }

    public int Reclaim(FrameBatch into) => _sent.MoveTo(into);
}
