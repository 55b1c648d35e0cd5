using System.Collections.Immutable;
using Appliance.Engine;

namespace Appliance.Threads;

/// <summary>What one thread sleeps on.</summary>
internal interface ISleep : IWakeup, IDisposable
{
    /// <summary>
    /// By that thread: returns when a descriptor is readable, when somebody woke it since the last time, or when the time is up; or for no
    /// reason.
    /// </summary>
    /// <param name="descriptors">May be empty.</param>
    /// <param name="nanoseconds">Not positive: looks and returns. <see cref="long.MaxValue"/>: as long as it takes.</param>
    void Wait(ImmutableArray<int> descriptors, long nanoseconds);

    /// <summary>By that thread: sleeps so long, whatever happens; or shorter, for no reason.</summary>
    /// <param name="nanoseconds">Not negative.</param>
    void Pause(long nanoseconds);
}
