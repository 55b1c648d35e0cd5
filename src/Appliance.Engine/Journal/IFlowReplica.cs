namespace Appliance.Engine;

/// <summary>
/// What a worker keeps of flows, as the peer's appliance sees it: it takes what the peer tells and tells what it has. Called on the worker
/// whose the bucket is, between two breaths or before the frames of one; nothing allocates. What is taken here is not written to the
/// worker's own <see cref="IFlowJournal"/>.
/// </summary>
public interface IFlowReplica
{
    /// <summary>
    /// Whether the bucket is here now: it may be on its way to another worker, or from one. Nothing else may be asked if not.
    /// </summary>
    bool Has(int bucket);

    /// <summary>
    /// A record will be taken soon: what it will need is asked for from memory, and nothing else happens.
    /// </summary>
    void Expect(ReadOnlySpan<byte> record)
    {
    }

    /// <summary>
    /// Takes a record as the peer wrote it. Records may come twice, and late ones change nothing. What comes damaged is refused, never an
    /// exception.
    /// </summary>
    /// <param name="bucket">As the peer named it.</param>
    /// <param name="change">What has become of the flow; <see cref="FlowChange.Ended"/> ends it here.</param>
    /// <param name="record">Opaque to whoever carries it.</param>
    /// <param name="now">The present.</param>
    FlowAdoption Adopt(int bucket, FlowChange change, ReadOnlySpan<byte> record, MonotonicTime now);

    /// <summary>
    /// What was last seen before a time may have gone on through the peer, and not all of that was told: this appliance takes over from it.
    /// Of all flows of the worker, whatever bucket they are in.
    /// </summary>
    void Doubt(MonotonicTime before);

    /// <summary>From here to <see cref="EndWhole"/> the peer tells of all flows that it has in the bucket.</summary>
    void BeginWhole(int bucket);

    /// <summary>
    /// Drops what the peer once told of and has not told of since <see cref="BeginWhole"/>; answers how many flows that were. What was made
    /// here stays. Where the bucket has moved meanwhile nothing is dropped, and the digest tells.
    /// </summary>
    int EndWhole(int bucket);

    /// <summary>
    /// Writes the next flow of a bucket as a record of <see cref="FlowChange.Made"/>; one such walk in a bucket at a time. What is there
    /// from its first call to its last is told of at least once, whatever comes and goes meanwhile: that is in the journal.
    /// </summary>
    /// <param name="bucket">Which.</param>
    /// <param name="cursor">
    /// 0 begins a walk. Then as the last call left it, which says what walk that is: what it has given is not given again. Any other, and
    /// that of a walk whose bucket has been away, begins a walk.
    /// </param>
    /// <param name="into">At least <see cref="IFlowJournal.MaxRecordBytes"/>.</param>
    /// <returns>The record's length; 0: that was all.</returns>
    int Export(int bucket, ref ulong cursor, Span<byte> into);

    /// <summary>
    /// A sum over what is lasting in each flow of the bucket, in whatever order, under a key that both appliances have: equal when they
    /// have the same flows.
    /// </summary>
    ulong DigestOf(int bucket);

    /// <summary>
    /// Whether each of the two tells its own alone: then both, and not only the one that leads, say when they begin to tell all, and what
    /// is not named then is no more.
    /// </summary>
    bool TellsOwn => false;

    /// <summary>Both have just been found to hold the same in the bucket: whatever is here now, the peer has, too.</summary>
    void Agree(int bucket)
    {
    }
}
