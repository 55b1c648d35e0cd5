namespace Appliance.Firewall;

/// <summary>
/// Under other steering rules each connection gets the bucket in which its first frame would arrive now, and aliases for what would arrive
/// elsewhere: all in the table where its states have been. Which worker's those buckets are is the business of whoever detaches them next.
/// </summary>
internal readonly struct FlowRehoming(FlowStore store, IFlowSteering steering, FlowTable table)
{
    public void Run(int buckets)
    {
        for (int bucket = 0; bucket < store.AliasesOf.Buckets; bucket++)
        {
            while (store.AliasesOf.First((ushort)bucket) is >= 0 and int alias) store.RemoveAlias(alias);
        }

        store.StatesOf.Reset(buckets);
        store.AliasesOf.Reset(buckets);
        Rehome(ofAnswers: false);
        Rehome(ofAnswers: true);                                        // they follow the others
    }

    private void Rehome(bool ofAnswers)
    {
        for (int index = 0; index < store.States.EverUsed; index++)
        {
            ref FlowRecord state = ref store.States.Records[index];
            if ((state.Flags & FlowFlags.InUse) == FlowFlags.None || state.IsOfAnswer != ofAnswers) continue;
            state.HomeBucket = HomeOf(LeaderOf(index));
            store.StatesOf.Add(state.HomeBucket, index);
            state.WireAliasAt = AddAlias(state, FlowSide.Wire);
            state.StackAliasAt = AddAlias(state, FlowSide.Stack);
        }
    }

    private ushort AddAlias(in FlowRecord state, FlowSide side)
    {
        FlowKey key = FlowHoming.Arrival(state, side);
        ushort arrival = steering.BucketOf(key, FlowHoming.IsOfAnswers(state, side));
        if (arrival == state.HomeBucket) return FlowRecord.NoBucket;
        if (store.TryCountAlias(key, arrival, state.HomeBucket, change: 1, onWire: side == FlowSide.Wire ? 1 : 0)) return arrival;
        table.LoseAlias();
        return FlowRecord.NoBucket;
    }

    /// <summary>Of two partners the one whose keys say where both belong.</summary>
    private int LeaderOf(int index)
    {
        ref FlowRecord state = ref store.States.Records[index];
        if (state.PartnerIndex == FlowRecord.Nobody) return index;
        ref FlowRecord partner = ref store.States.Records[state.PartnerIndex];
        if (state.IsOfAnswer != partner.IsOfAnswer) return state.IsOfAnswer ? state.PartnerIndex : index;
        if (state.Way != partner.Way) return state.Way == FlowDirection.In ? index : state.PartnerIndex;
        return Math.Min(index, state.PartnerIndex);
    }

    private ushort HomeOf(int leader)
    {
        ref FlowRecord state = ref store.States.Records[leader];
        return state.IsOfAnswer && TryFindBeginning(state, out ushort bucket)
            ? bucket
            : steering.BucketOf(FlowHoming.FirstArrival(state), isReply: false);
    }

    /// <summary>
    /// What an answer's frames find at the other place: a state of the connection's first direction, which has its new bucket by now.
    /// </summary>
    private bool TryFindBeginning(in FlowRecord state, out ushort bucket)
    {
        FlowHit other = store.FindAt(state.StackKey.Turned() with { Port = FlowKey.AnyPort }, FlowSide.Stack);
        bucket = other.IsState ? store.States.Records[other.Index].HomeBucket : FlowRecord.NoBucket;
        return other.IsState && !store.States.Records[other.Index].IsOfAnswer;
    }
}
