using System.Runtime.CompilerServices;
using Appliance.Engine;

namespace Appliance.Benchmarks.Ports;

/// <summary>
/// A port in memory of which only what the processor would do costs time. The bytes of the frames to arrive are put into free slots of the
/// pool beforehand, as a card does by itself; <see cref="Receive"/> rents those slots, says how long each frame is and where it came in,
/// and what is sent is free again at once.
/// </summary>
internal sealed class PlacedQueue(PortId port, FramePool pool) : IPortQueue
{
    private readonly FrameBatch _sent = new(capacity: 256);
    private readonly Frame[] _rented = new Frame[FrameBatch.DefaultCapacity];
    private int _waiting, _length;

    public int WakeupDescriptor => -1;

    /// <summary>Is shown what is sent; null, as it is when time counts: nobody is.</summary>
    public Action<Frame>? Seen { get; set; }

    /// <summary>
    /// Puts frames of one length where <see cref="Receive"/> will find them: the pool hands out first what came home last. Nobody else may
    /// rent before that.
    /// </summary>
    /// <param name="frames">A batch at most.</param>
    public void Place(ReadOnlySpan<byte[]> frames)
    {
        _length = frames[0].Length;
        _waiting = frames.Length;
        for (int i = 0; i < frames.Length; i++)
        {
            if (!pool.TryRent(_length, out _rented[i])) throw new InvalidOperationException("the pool is empty");
            frames[i].CopyTo(_rented[i].Bytes);
        }

        for (int i = frames.Length; i-- > 0;) pool.Return(_rented[i]);
    }

    public int Receive(FrameBatch into)
    {
        Span<Frame> free = into.Free;
        int received = pool.Rent(_length, free[..Math.Min(free.Length, _waiting)]);
        Mark(free[..received], port.Index);
        into.Grow(received);
        _waiting -= received;
        return received;
    }

    /// <summary>Not inlined: the loop needs the registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Mark(ReadOnlySpan<Frame> frames, ushort ingress)
    {
        foreach (Frame frame in frames) frame.Info.IngressPort = ingress;
    }

    public int Transmit(ReadOnlySpan<Frame> frames)
    {
        if (Seen is { } seen)
        {
            foreach (Frame frame in frames) seen(frame);
        }

        return _sent.Add(frames);
    }

    public void Kick()
    {
    }

    public int Reclaim(FrameBatch into) => _sent.MoveTo(into);
}
