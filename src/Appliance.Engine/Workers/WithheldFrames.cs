namespace Appliance.Engine;

/// <summary>
/// The frames of buckets that this worker already owns by the table but whose state is still with the owner before. Bounded: what does not
/// fit is refused.
/// </summary>
internal sealed class WithheldFrames
{
    /// <summary>Frames that may wait, of all buckets.</summary>
    public const int Capacity = 1024;

    private readonly bool[] _awaited = new bool[IndirectionTable.MaxBuckets];
    private readonly FrameBatch _frames = new(Capacity);
    private int _buckets;

    /// <summary>Whether any bucket is awaited.</summary>
    public bool Any => _buckets > 0;

    public int Count => _frames.Count;

    /// <summary>Whether frames wait whose bucket has arrived.</summary>
    public bool HasReleased { get; private set; }

    public void Await(ushort bucket)
    {
        _awaited[bucket] = true;
        _buckets++;
    }

    public void Release(ushort bucket)
    {
        _awaited[bucket] = false;
        _buckets--;
        HasReleased = _frames.Count > 0;
    }

    /// <summary>Takes the frames of awaited buckets out of a batch; drops, there, those there is no room for.</summary>
    public void Withhold(FrameBatch batch)
    {
        Span<byte> kept = stackalloc byte[batch.Count];
        int count = 0;
        ReadOnlySpan<Frame> frames = batch.Frames;
        for (int i = 0; i < frames.Length; i++)
        {
            if (!_awaited[frames[i].Info.Bucket] || !_frames.TryAdd(frames[i])) kept[count++] = (byte)i;
        }

        batch.KeepOnly(kept[..count]);
        foreach (Frame frame in batch.Frames)
        {
            if (_awaited[frame.Info.Bucket]) batch.Drop(frame, DropReason.QueueFull);
        }
    }

    /// <summary>Puts frames whose bucket has arrived into the batch, in the order they came, as many as fit.</summary>
    public void MoveReleased(FrameBatch into)
    {
        int kept = 0;
        Span<Frame> frames = _frames.Mutable;
        HasReleased = false;
        foreach (Frame frame in frames)
        {
            if (!_awaited[frame.Info.Bucket])
            {
                if (into.TryAdd(frame)) continue;
                HasReleased = true;
            }

            frames[kept++] = frame;
        }

        _frames.Truncate(kept);
    }
}
