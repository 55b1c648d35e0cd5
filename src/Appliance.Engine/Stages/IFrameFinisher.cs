namespace Appliance.Engine;

/// <summary>
/// Does what a port left undone, for a stage that must have frames as they would be on the wire: partial checksums, and large frames in
/// one slot (<see cref="Frame.IsContiguousLarge"/>) that are to be judged segment by segment. One worker's; offers nothing for trains,
/// which <see cref="FrameBatch.Uncouple"/> takes apart.
/// </summary>
public interface IFrameFinisher
{
    /// <summary>Completes the transport checksum of an ordinary frame, when it is partial; any other frame stays as it is.</summary>
    void FinishChecksum(Frame frame, WorkerCounters counters);

    /// <summary>
    /// Cuts a large frame: it becomes its first segment, the others are chained behind it in order. Answers how many there are now, or 0
    /// with the frame unchanged when the pool has not enough for all.
    /// </summary>
    int Cut(Frame large, in StageContext context);

    /// <summary>
    /// Makes of a large frame what a port with these capabilities takes: whole with a partial checksum, or its segments, chained. False,
    /// with the frame unchanged: it has to be cut and the pool has not enough.
    /// </summary>
    bool TryFit(Frame large, PortCapabilities port, in StageContext context);

    /// <summary>
    /// Makes segment <paramref name="index"/> of a large frame, from 0, in a frame of its own, which is the caller's to give back to the
    /// worker's pool. False: the pool is empty. The large frame stays as it is.
    /// </summary>
    bool TryCopySegment(Frame large, int index, in StageContext context, out Frame segment);

    /// <summary>Turns a large frame into its last segment. What becomes of the others in the accounts is the caller's to say.</summary>
    void KeepLastSegment(Frame large, in StageContext context);
}
