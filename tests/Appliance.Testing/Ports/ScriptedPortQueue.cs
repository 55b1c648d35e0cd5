using Appliance.Engine;

namespace Appliance.Testing;

/// <summary>
/// One worker's end of a port whose manners the test chooses: how much it takes at once and holds, whether it sends before the doorbell.
/// <code>
///     Arrive ──► arrived ──► Receive            Transmit ──► ring ──(at once, or Kick)──► done ──► Reclaim
/// </code>
/// </summary>
/// <param name="port">Where its frames arrive.</param>
/// <param name="pool">The worker's.</param>
/// <param name="ringCapacity">Frames that it holds until they are reclaimed; more are not taken.</param>
public sealed class ScriptedPortQueue(PortId port, FramePool pool, int ringCapacity = 1024) : IPortQueue
{
    private readonly Queue<Frame> _arrived = new();
    private readonly Queue<Frame> _ring = new();
    private readonly Queue<Frame> _done = new();
    private readonly List<byte[]> _sent = [];

    /// <summary>Frames taken by one call of <see cref="Transmit"/>; 0: a port that is stuck.</summary>
    public int TakesPerCall { get; set; } = int.MaxValue;

    /// <summary>What was taken leaves only at the next <see cref="Kick"/>, as with a ring that the kernel reads when told.</summary>
    public bool SendsWhenKicked { get; set; }

    /// <summary>Copies of what was taken, in order.</summary>
    public IReadOnlyList<byte[]> Sent => _sent;

    public int Kicks { get; private set; }

    /// <summary>Frames that lie here.</summary>
    public int Held => _arrived.Count + _ring.Count + _done.Count;

    public int WakeupDescriptor => -1;

    /// <summary>A frame arrives; with a reason, as one that the port had to give up. The pool must have room for it.</summary>
    public Frame Arrive(byte[] bytes, DropReason givenUp = DropReason.None)
    {
        if (!pool.TryRent(bytes.Length, out Frame frame)) throw new InvalidOperationException("The test's pool is too small.");
        bytes.CopyTo(frame.Bytes);
        frame.Info.IngressPort = port.Index;
        if (givenUp != DropReason.None) frame.Drop(givenUp);
        _arrived.Enqueue(frame);
        return frame;
    }

    public int Receive(FrameBatch into)
    {
        int received = 0;
        while (_arrived.Count > 0 && into.TryAdd(_arrived.Peek()))
        {
            _arrived.Dequeue();
            received++;
        }

        return received;
    }

    public int Transmit(ReadOnlySpan<Frame> frames)
    {
        int taken = Math.Min(frames.Length, Math.Min(TakesPerCall, ringCapacity - _ring.Count - _done.Count));
        foreach (Frame frame in frames[..taken])
        {
            _sent.Add(frame.Bytes.ToArray());
            (SendsWhenKicked ? _ring : _done).Enqueue(frame);
        }

        return taken;
    }

    public void Kick()
    {
        Kicks++;
        while (_ring.TryDequeue(out Frame frame)) _done.Enqueue(frame);
    }

    public int Reclaim(FrameBatch into)
    {
        int reclaimed = 0;
        while (_done.Count > 0 && into.TryAdd(_done.Peek()))
        {
            _done.Dequeue();
            reclaimed++;
        }

        return reclaimed;
    }
}
