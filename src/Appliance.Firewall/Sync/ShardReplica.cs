using Appliance.Engine;
using Appliance.Wire.Sync;

namespace Appliance.Firewall;

/// <summary>
/// One worker's states as the peer sees them: it takes records of the peer's, and gives its own. A state is known by its keys and its
/// direction, in its bucket; its id says whether it is the same connection, its generation who knows it later.
/// </summary>
/// <param name="shard">The worker's.</param>
/// <param name="journal">Keeps digests and generations.</param>
internal sealed class ShardReplica(FirewallShard shard, ShardJournal journal)
{
    private readonly FlowAdopter _adopter = new(shard);
    private readonly long[] _counts = new long[(int)FlowAdoption.NotHere + 1];
    private readonly bool[] _whole = new bool[shard.Steering.Table.Buckets];     // between BeginWhole and EndWhole

    /// <summary>Records by what became of them.</summary>
    public long CountOf(FlowAdoption outcome) => _counts[(int)outcome];

    public FlowAdoption Adopt(int bucket, FlowChange change, ReadOnlySpan<byte> record, MonotonicTime now)
    {
        FlowAdoption outcome = Take(bucket, change, record, now);
        _counts[(int)outcome]++;
        return outcome;
    }

    public void BeginWhole(ushort bucket)
    {
        _whole[bucket] = true;
        if (shard.Table is not { } table) return;
        for (int index = table.FirstOf(bucket); index != BucketLink.End; index = table.NextOf(index))
            table[index].Flags &= ~FlowFlags.Confirmed;
    }

    public int EndWhole(ushort bucket)
    {
        if (!_whole[bucket]) return 0;
        _whole[bucket] = false;
        if (shard.Table is not { } table) return 0;
        int dropped = 0;
        journal.IsQuiet = true;
        for (int index = table.FirstOf(bucket), next; index != BucketLink.End; index = next)
        {
            next = table.NextOf(index);
            const FlowFlags both = FlowFlags.FromPeer | FlowFlags.Confirmed;
            if ((table[index].Flags & both) == FlowFlags.FromPeer && shard.TryEnd(index, FlowEnd.Removed)) dropped++;
        }

        journal.IsQuiet = false;
        return dropped;
    }

    public int Export(ushort bucket, ref ulong cursor, Span<byte> into)
    {
        if (shard.Table is not { } table) return 0;
        for (int index; (index = table.Walk(bucket, ref cursor)) != BucketLink.End;)
        {
            ref FlowRecord state = ref table[index];
            if ((state.Flags & FlowFlags.NoSync) != FlowFlags.None) continue;
            if (table.IsExpired(index, shard.Now) && shard.TryEnd(index, FlowEnd.Expired)) continue;
            return journal.Export(ref state, into);
        }

        return 0;
    }

    public ulong DigestOf(ushort bucket)
    {
        journal.WriteNoted();
        if (journal.Digests.TryGet(bucket, out ulong sum)) return sum;
        journal.Digests.Set(bucket, 0);
        if (shard.Table is not { } table) return 0;
        for (int index = table.FirstOf(bucket); index != BucketLink.End; index = table.NextOf(index))
        {
            ref FlowRecord state = ref table[index];
            if ((state.Flags & FlowFlags.NoSync) != FlowFlags.None) continue;
            state.Sync = new SyncMark(0, state.Sync.Generation);        // under whatever key it was
            journal.Mark(ref state, state.Sync.Generation);
        }

        return journal.Digests.TryGet(bucket, out sum) ? sum : 0;
    }

    /// <summary>The bucket comes or goes: what was begun with it is not finished.</summary>
    public void Forget(ushort bucket)
    {
        _whole[bucket] = false;
        journal.Digests.Forget(bucket);
    }

    private FlowAdoption Take(int number, FlowChange change, ReadOnlySpan<byte> record, MonotonicTime now)
    {
        if ((uint)number >= (uint)_whole.Length) return FlowAdoption.Malformed;
        var bucket = (ushort)number;
        if (!shard.IsPresent(bucket)) return FlowAdoption.NotHere;
        FlowAdoption read = FlowImage.Read(record, out FlowImage image);
        if (read != FlowAdoption.Adopted) return read;
        ushort port = FlowKey.AnyPort;
        if (image.IsBound && !shard.Model.Names.TryFindPort(image.Port, image.Role, out port)) return FlowAdoption.UnknownPort;
        (image.Wire, image.Stack) = (image.Wire with { Port = port }, image.Stack with { Port = port });
        journal.WriteNoted();                                           // what was noted of it is older
        journal.IsQuiet = true;
        FlowAdoption outcome = change == FlowChange.Ended ? End(bucket, image) : Adopt(bucket, image, now);
        journal.IsQuiet = false;
        return outcome;
    }

    private FlowAdoption End(ushort bucket, in FlowImage image)
    {
        if (!TryFind(bucket, image, out int index)) return FlowAdoption.Missing;
        ref FlowRecord state = ref shard.Table![index];
        if (state.Id != image.Id || !SyncMark.IsLater(image.Generation, state.Sync.Generation)) return FlowAdoption.Older;
        return shard.TryEnd(index, FlowEnd.Removed) ? FlowAdoption.Removed : FlowAdoption.Full;
    }

    private FlowAdoption Adopt(ushort bucket, in FlowImage image, MonotonicTime now)
    {
        if (TryFind(bucket, image, out int index))
        {
            ref FlowRecord state = ref shard.Table![index];
            if (state.Id == image.Id) return Refresh(index, image, now);
            if (!image.IsWhole) return FlowAdoption.Missing;
            if (!FlowAdopter.MayReplace(state, image, now)) return FlowAdoption.Collision;
            if (!shard.TryEnd(index, FlowEnd.Removed)) return FlowAdoption.Full;
        }

        if (!image.IsWhole) return FlowAdoption.Missing;
        FlowAdoption outcome = _adopter.TryMake(bucket, image, now, out index);
        if (index == FlowRecord.Nobody) return outcome;
        Settle(index, image, now);
        shard.CountAdopted(shard.Table![index]);
        return outcome;
    }

    private FlowAdoption Refresh(int index, in FlowImage image, MonotonicTime now)
    {
        ref FlowRecord state = ref shard.Table![index];
        state.Flags |= FlowFlags.Confirmed;
        uint known = state.Sync.Generation;
        bool isLater = SyncMark.IsLater(image.Generation, known), isEarlier = SyncMark.IsLater(known, image.Generation);
        int further = FlowTracks.Compare(image, ref state);
        if (further < 0 || (further == 0 && isEarlier))
        {
            if (!isLater) return FlowAdoption.Older;
            _adopter.Follow(index, image, now);
            journal.Mark(ref state, image.Generation);                  // so that it counts there
            return FlowAdoption.Refreshed;
        }

        bool isOfBoth = !isLater && !isEarlier && further == 0 && TryTakeTogether(index, image, now);
        if (!isOfBoth && (further > 0 || isLater || KnowsMore(image, state))) Settle(index, image, now);
        if (isEarlier) journal.Mark(ref state, known);
        return FlowAdoption.Refreshed;
    }

    /// <summary>
    /// Of one generation there are two where both went on while they did not hear each other: that counts which has seen more, on both,
    /// unless each has seen more of another end.
    /// </summary>
    private static bool KnowsMore(in FlowImage image, in FlowRecord state) =>
        (state.Flags & FlowFlags.FromPeer) == FlowFlags.None && image.Has(RecordField.Counters)
        && image.ForwardPackets + image.ReversePackets > state.ForwardPackets + state.ReversePackets;

    /// <summary>A copy of its own, which few records need.</summary>
    private bool TryTakeTogether(int index, FlowImage image, MonotonicTime now)
    {
        if (!FlowTracks.TryJoin(ref image, ref shard.Table![index])) return false;
        Settle(index, image, now);
        return true;
    }

    private void Settle(int index, in FlowImage image, MonotonicTime now)
    {
        _adopter.Write(index, image, now);
        journal.Mark(ref shard.Table![index], image.Generation);
    }

    /// <summary>The state of these keys and this direction, whichever connection's it is.</summary>
    private bool TryFind(ushort bucket, in FlowImage image, out int index)
    {
        index = FlowRecord.Nobody;
        FlowHit hit = shard.Table?.FindExactly(bucket, image.Wire, FlowSide.Wire) ?? default;
        if (!hit.IsState) return false;
        ref FlowRecord state = ref shard.Table![hit.Index];
        if (state.Direction != image.Direction || state.Stack != image.Stack) return false;
        index = hit.Index;
        return true;
    }
}
