using System.Collections.Concurrent;
using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Ports.Linux;

namespace Appliance.Tests.Live;

/// <summary>Keeps what is sent as long as it is open.</summary>
internal sealed class RecordingWire : IControlChannel
{
    private readonly ConcurrentQueue<byte[]> _sent = [];
    private LinkState? _isReally;

    public int WakeupDescriptor => -1;

    public long QueueFull => 0;

    public bool IsOpen { get; private set; } = true;

    public ImmutableArray<byte[]> Sent => [.. _sent];

    /// <summary>What it knows of its device without asking.</summary>
    public LinkState? Link { get; private set; }

    /// <summary>From here on it knows of a link, which is really another.</summary>
    public void Knows(LinkState link, LinkState isReally) => (Link, _isReally) = (link, isReally);

    public void ForgetLink() => Link = _isReally;

    public bool TryReceive(Span<byte> into, out int length)
    {
        length = 0;
        return false;
    }

    public bool Send(ReadOnlySpan<byte> frame)
    {
        if (IsOpen) _sent.Enqueue(frame.ToArray());
        return IsOpen;
    }

    public void Dispose() => IsOpen = false;
}
