using Appliance.Engine;

namespace Appliance.Simulation;

/// <summary>What is to happen, by time; what is to happen at one time happens in the order in which it was decided.</summary>
internal sealed class EventQueue
{
    private readonly PriorityQueue<Action, When> _waiting = new(1024);
    private long _decided;

    private readonly record struct When(long Nanoseconds, long Ordinal) : IComparable<When>
    {
        public int CompareTo(When other)
        {
            int byTime = Nanoseconds.CompareTo(other.Nanoseconds);
            return byTime != 0 ? byTime : Ordinal.CompareTo(other.Ordinal);
        }
    }

    /// <summary>Of the first; never, when there is none.</summary>
    public MonotonicTime Next => _waiting.TryPeek(out _, out When first) ? new(first.Nanoseconds) : MonotonicTime.Never;

    public void Add(MonotonicTime time, Action happening) => _waiting.Enqueue(happening, new When(time.Nanoseconds, _decided++));

    /// <summary>Takes the first, which must be there.</summary>
    public Action Take() => _waiting.Dequeue();
}
