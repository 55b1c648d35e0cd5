using System.Collections.Concurrent;
using System.Collections.Immutable;
using Appliance.Ports.Linux;

namespace Appliance.Tests.Live;

/// <summary>Keeps what is sent as long as it is open.</summary>
internal sealed class RecordingWire : IControlChannel
{
    private readonly ConcurrentQueue<byte[]> _sent = [];

    public int WakeupDescriptor => -1;

    public long QueueFull => 0;

    public bool IsOpen { get; private set; } = true;

    public ImmutableArray<byte[]> Sent => [.. _sent];

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
