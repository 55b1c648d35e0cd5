using Appliance.Engine;

namespace Appliance.Node.Tests.Sync;

/// <summary>A lane that loses nothing: what workers write waits here, in order, until it is delivered to the other box.</summary>
internal sealed class MemoryJournal : IFlowJournal
{
    public List<(int Bucket, FlowChange Change, byte[] Record)> Written { get; } = [];

    /// <summary>Records that find room; then all are refused.</summary>
    public int Room { get; set; } = int.MaxValue;

    public int Longest { get; private set; }

    public bool TryWrite(int bucket, FlowChange change, ReadOnlySpan<byte> record)
    {
        Longest = Math.Max(Longest, record.Length);
        if (Written.Count >= Room) return false;
        Written.Add((bucket, change, record.ToArray()));
        return true;
    }
}
