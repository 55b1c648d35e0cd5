namespace Appliance.Engine;

/// <summary>
/// Where a flow's two directions have keys in different buckets (translation, ports that must not change, a key that is dictated), its
/// state is in one of them, and the other has an alias: key to owner bucket. A frame that finds an alias is handed off once more, to the
/// owner of that bucket, who sees it as if it had been steered there. An ICMP error is first handed off to where the flow that it quotes
/// arrives, and then, if need be, as that flow's frames are.
/// </summary>
public static class Redirection
{
    /// <summary>
    /// Whether the frame at <paramref name="index"/> is to be judged by this worker: its state is here, or nowhere. It is one of that
    /// bucket's from here on. Otherwise it has been handed off.
    /// </summary>
    /// <param name="batch">The one that the owner's stages work on.</param>
    /// <param name="index">The frame in it.</param>
    /// <param name="bucket">Where the state is by the alias, or where the flow that it quotes arrives.</param>
    /// <param name="isPresent">Whether that bucket's state is with this worker now.</param>
    /// <param name="table">In force at this worker.</param>
    /// <param name="worker">This one.</param>
    /// <param name="counters">This one's.</param>
    /// <param name="reason">As with <see cref="TryHandOff"/>.</param>
    public static bool TryKeep(
        FrameBatch batch, int index, ushort bucket, bool isPresent, IndirectionTable table, int worker, WorkerCounters counters,
        FrameTraits reason = FrameTraits.Redirected)
    {
        Frame frame = batch.Frames[index];
        if (frame.Info.Bucket == bucket) return true;
        if (!IsJudgedHere(frame, bucket, isPresent, table, worker)) return !TryHandOff(batch, index, bucket, table, counters, reason);
        frame.Info.Bucket = bucket;
        frame.Info.Traits |= reason;
        return true;
    }

    /// <summary>
    /// Whether a frame whose flow's state is in <paramref name="bucket"/> is judged by this worker; else it is to be redirected. While both
    /// buckets move, the flow's frames pass the old owner of their key's bucket and then the new one, and each of these has one way to the
    /// state: the old one judges until the state leaves it, and sends on where the table says; the new one goes by the table from its first
    /// frame on, even if it still has the state itself, for the old one may have sent some there already.
    /// </summary>
    /// <param name="frame">With the bucket that it was steered or redirected to.</param>
    /// <param name="bucket">Where the state is by the alias, or the frame's own.</param>
    /// <param name="isPresent">Whether that bucket's state is with this worker now.</param>
    /// <param name="table">In force at this worker.</param>
    /// <param name="worker">This one.</param>
    public static bool IsJudgedHere(Frame frame, ushort bucket, bool isPresent, IndirectionTable table, int worker)
    {
        ushort own = frame.Info.Bucket;
        return own == bucket || (isPresent && (table.OwnerOf(bucket) == worker || table.OwnerOf(own) != worker));
    }

    /// <summary>
    /// Ends the frame at <paramref name="index"/> here. A train is taken apart first and its head goes; the followers stand further behind
    /// in the batch, so that a loop over it comes to them. The owner may be this worker, when the bucket's state is on its way to it: then
    /// the frame waits with the bucket's others. False, and nothing is done: the frame has been redirected before, so what it looks for is
    /// nowhere.
    /// </summary>
    /// <param name="batch">The one that the owner's stages work on.</param>
    /// <param name="index">The frame in it.</param>
    /// <param name="bucket">Where the state is, or will be.</param>
    /// <param name="table">In force at this worker.</param>
    /// <param name="counters">The worker's: the train that was taken apart here does not count.</param>
    /// <param name="reason">
    /// <see cref="FrameTraits.Redirected"/>, or <see cref="FrameTraits.Quoting"/>; a frame is handed off once for each.
    /// </param>
    public static bool TryHandOff(
        FrameBatch batch, int index, ushort bucket, IndirectionTable table, WorkerCounters counters,
        FrameTraits reason = FrameTraits.Redirected)
    {
        Frame frame = batch.Frames[index];
        if ((frame.Info.Traits & reason) != FrameTraits.None) return false;
        if (frame.IsTrain)
        {
            counters.LroSuperframes--;
            counters.LroSegments -= frame.Info.TrainFrames;
            batch.Uncouple(index);
        }

        frame.Info.Traits |= reason;
        frame.Info.Bucket = bucket;
        frame.Info.Worker = table.OwnerOf(bucket);
        batch.End(frame, Disposition.HandOff);
        return true;
    }
}
