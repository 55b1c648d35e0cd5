using System.Collections.Immutable;

namespace Appliance.Ports.Linux;

/// <summary>
/// The control channel of a TAP. A packet socket cannot have it: what the host sends by a TAP is, to the kernel, an outgoing frame. So
/// the queues put control frames aside as they read, before anything else is done with a batch.
/// </summary>
internal sealed unsafe class TapControl : IControlChannel
{
    private readonly ImmutableArray<ControlRing> _rings;                // by queue
    private readonly Descriptor _doorbell;
    private int _next;
    private int _tap = -1;

    public TapControl(int queues, string subject)
    {
        _rings = [.. Enumerable.Range(0, queues).Select(_ => new ControlRing())];
        _doorbell = Descriptor.Of(Libc.EventDescriptor(0, Sockets.NonBlocking | Sockets.CloseOnExec), "eventfd", subject);
    }

    public int WakeupDescriptor => _doorbell.Number;

    public long QueueFull => _rings.Sum(ring => ring.Lost);

    /// <summary>By a worker: a frame of its queue.</summary>
    public void PutAside(int queue, ReadOnlySpan<byte> frame)
    {
        if (!_rings[queue].TryAdd(frame)) return;
        ulong one = 1;
        _ = Libc.Write(_doorbell.Number, &one, sizeof(ulong));
    }

    /// <inheritdoc/>
    /// <remarks>The doorbell is silenced before the last look, so that a frame put aside meanwhile rings it again.</remarks>
    public bool TryReceive(Span<byte> into, out int length)
    {
        if (TryTake(into, out length)) return true;
        ulong rings;
        _ = Libc.Read(_doorbell.Number, &rings, sizeof(ulong));
        return TryTake(into, out length);
    }

    /// <inheritdoc/>
    public bool Send(ReadOnlySpan<byte> frame)
    {
        var virtio = default(VirtioHeader);
        fixed (byte* pinned = frame)
        {
            Part* parts = stackalloc Part[2];
            parts[0] = new Part { Bytes = &virtio, Length = VirtioHeader.SizeBytes };
            parts[1] = new Part { Bytes = pinned, Length = frame.Length };
            return Libc.WriteParts(_tap, parts, 2) > 0;
        }
    }

    /// <summary>The TAP's, not the caller's to dispose of: it goes with its port.</summary>
    public void Dispose()
    {
    }

    /// <summary>Frames are written by the first queue; writes of several threads do not mix.</summary>
    internal void WriteBy(Descriptor tap) => _tap = tap.Number;

    internal void Close()
    {
        _tap = -1;
        _doorbell.Dispose();
    }

    private bool TryTake(Span<byte> into, out int length)
    {
        for (int i = 0; i < _rings.Length; i++, _next = (_next + 1) % _rings.Length)
        {
            if (_rings[_next].TryTake(into, out length)) return true;
        }

        length = 0;
        return false;
    }
}
