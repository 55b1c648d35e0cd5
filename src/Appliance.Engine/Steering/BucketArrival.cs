using System.Collections.Immutable;

namespace Appliance.Engine;

/// <summary>The buckets that one worker hands to another in one move, with what it kept of them: by bucket, then by keeper.</summary>
internal sealed class BucketArrival(BucketMove move, ImmutableArray<ushort> buckets, object?[] states) : IWorkerMail
{
    public ImmutableArray<ushort> Buckets => buckets;

    public ReadOnlySpan<object?> StatesOf(int index, int keepers) => states.AsSpan(index * keepers, keepers);

    public void Deliver(Worker worker)
    {
        worker.Receive(this);
        move.CountArrival();
    }
}
