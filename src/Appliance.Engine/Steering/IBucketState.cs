namespace Appliance.Engine;

/// <summary>
/// What one worker keeps for each steering bucket. It moves with the bucket, so that its next owner goes on where this one stopped.
/// </summary>
public interface IBucketState
{
    /// <summary>Takes out what is kept for a bucket; nothing is kept for it afterwards. Null: there is nothing worth moving.</summary>
    object? Detach(ushort bucket);

    /// <summary>
    /// Goes on with what another worker's <see cref="Detach"/> gave; behind a <see cref="Reset"/> several may give something.
    /// </summary>
    void Attach(ushort bucket, object? state);

    /// <summary>
    /// The hash means something else from now on: what was kept by bucket is kept by the bucket that it has now, or forgotten. Then what
    /// is others' is detached, and what they had is attached, before anybody asks for it again.
    /// </summary>
    void Reset(int buckets);
}
