using Appliance.Engine;

namespace Appliance.Firewall;

/// <content>What is asked for on behalf of another appliance, which has the same states.</content>
public sealed partial class FlowTable
{
    /// <summary>Records that have ever been used: of higher numbers there are none.</summary>
    internal int EverUsed => _store.States.EverUsed;

    /// <summary>The state of a bucket that has just this key: bound to its port, or floating. No alias.</summary>
    internal FlowHit FindExactly(ushort bucket, in FlowKey key, FlowSide side) => _store.FindAtOf(bucket, key, side);

    /// <summary>Asks the cache for where a key is, or will be.</summary>
    internal void Expect(in FlowKey key) => _store.Expect(key);

    /// <summary>The first state of a bucket; <see cref="BucketLink.End"/>: it has none.</summary>
    internal int FirstOf(ushort bucket) => _store.StatesOf.First(bucket);

    /// <summary>The next state of the same bucket.</summary>
    internal int NextOf(int index) => _store.StatesOf.Next(index);

    /// <inheritdoc cref="FlowWalks.Next"/>
    internal int Walk(ushort bucket, ref ulong cursor)
    {
        int index = _walks.Next(bucket, ref cursor, _store.StatesOf), behind = _walks.UpNext(bucket);
        if (behind != BucketLink.End) _store.Prefetch(behind);          // while who asked has work with this one
        return index;
    }

    /// <summary>
    /// As <see cref="TryInsert"/>, for a state that the peer has admitted already: only another state of its bucket, and the room that
    /// there is, can be in its way.
    /// </summary>
    internal FlowAdmission TryAdopt(in NewFlow flow, MonotonicTime now, out int index)
    {
        FlowHit inTheWay = _store.FindAtOf(flow.Bucket, flow.Wire, FlowSide.Wire);
        if (inTheWay.IsMiss) inTheWay = _store.FindAtOf(flow.Bucket, flow.Stack, FlowSide.Stack);
        index = inTheWay.IsState ? inTheWay.Index : FlowRecord.Nobody;
        if (inTheWay.IsState) return FlowAdmission.Collision;
        if (!TryMake(flow, now, out index))
        {
            index = FlowRecord.Nobody;
            return FlowAdmission.TableFull;
        }

        _limits.Take(flow.Account);
        return FlowAdmission.Admitted;
    }

    /// <summary>As another appliance says, which may have seen less than was known here: the state's end may come nearer.</summary>
    internal void Touch(int index, long idleNanoseconds, MonotonicTime now, uint timeoutSeconds)
    {
        this[index].LastSeen = now + -idleNanoseconds;
        ChangeTimeout(index, timeoutSeconds);
    }
}
