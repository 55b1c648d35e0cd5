using Appliance.Engine;

namespace Appliance.Failover;

/// <summary>What the peer has written for one worker's streams, until the worker takes it.</summary>
/// <param name="bytes">Of memory; a power of two. When it is full the peer waits.</param>
public sealed class SyncInbox(int bytes = SyncInbox.UsualBytes)
{
    public const int UsualBytes = 1 << 20;

    /// <summary>As anyone may see it.</summary>
    public bool IsEmpty => Ring.IsEmpty;

    internal RecordRing Ring { get; } = new(bytes);
}
