using System.Diagnostics;

namespace Appliance.Engine;

/// <summary>
/// Up to <see cref="Capacity"/> frames that move through the stages together, in order. A stage that ends a frame says so here; the frame
/// stays in its place until the sequence settles the batch behind that stage.
/// </summary>
public sealed class FrameBatch(int capacity = FrameBatch.DefaultCapacity)
{
    /// <summary>Frames a stage sees at once: enough to hide memory latency, few enough to stay in the first cache.</summary>
    public const int DefaultCapacity = 64;

    private readonly Frame[] _frames = new Frame[capacity];

    public int Capacity => _frames.Length;

    public int Count { get; private set; }

    public int Room => _frames.Length - Count;

    /// <summary>Frames that a stage has ended since the batch was last settled.</summary>
    public int Ended { get; private set; }

    /// <summary>Of all its frames: who has looked at each says so. Holds until frames are added; that some leave changes nothing.</summary>
    public BatchFacts Facts { get; set; }

    public ReadOnlySpan<Frame> Frames => _frames.AsSpan(0, Count);

    /// <summary>The free part, for a port to fill; <see cref="Grow"/> says how much of it was.</summary>
    public Span<Frame> Free => _frames.AsSpan(Count);

    public void Grow(int frames)
    {
        Debug.Assert((uint)frames <= (uint)Room);
        Count += frames;
        Facts = BatchFacts.None;
    }

    /// <summary>Adds a frame behind the others; false, and the frame stays the caller's, when the batch is full.</summary>
    public bool TryAdd(Frame frame)
    {
        if (Count == _frames.Length) return false;
        _frames[Count++] = frame;
        Facts = BatchFacts.None;
        return true;
    }

    /// <summary>Adds the first of <paramref name="frames"/>, as far as there is room; answers how many.</summary>
    public int Add(ReadOnlySpan<Frame> frames)
    {
        int added = Math.Min(frames.Length, Room);
        frames[..added].CopyTo(Free);
        Count += added;
        Facts = BatchFacts.None;
        return added;
    }

    public void End(Frame frame, Disposition disposition)
    {
        frame.Info.Disposition = disposition;
        Ended++;
    }

    /// <summary>Counts frames that were marked otherwise: by a port that gave them up, or by a stage itself.</summary>
    public void NoteEnded(int frames) => Ended += frames;

    public void Drop(Frame frame, DropReason reason)
    {
        frame.Drop(reason);
        Ended++;
    }

    /// <summary>Removes the ended frames, handing each to <paramref name="exit"/> in order; the others close up, in order.</summary>
    public void Settle<TExit>(TExit exit) where TExit : IFrameExit
    {
        if (Ended == 0) return;
        int kept = 0;
        ReadOnlySpan<Frame> frames = Frames;
        for (int i = 0; i < frames.Length;)
        {
            if (frames[i].Info.Disposition == Disposition.Continue) _frames[kept++] = frames[i++];
            else i += exit.TakeRun(frames[i..]);
        }

        Count = kept;
        Ended = 0;
    }

    /// <summary>
    /// Takes the train at <paramref name="index"/> apart: its head stays there, alone, and its followers go back to where they stood among
    /// the others when they arrived, all of them further behind. The way found for the head holds for each.
    /// Every frame of a train was in this batch once, so there is room.
    /// </summary>
    public void Uncouple(int index)
    {
        Frame head = _frames[index];
        Frame follower = head.Info.Next;
        head.Info.Next = head.Info.Last = default;
        head.Info.TrainFrames = 0;
        for (int at = index + 1; !follower.IsNull; at++)
        {
            Frame next = follower.Info.Next;
            follower.Info.Next = default;
            follower.Info.EgressPort = head.Info.EgressPort;
            follower.Info.NextHop = head.Info.NextHop;
            while (at < Count && _frames[at].Info.Position < follower.Info.Position) at++;
            _frames.AsSpan(at, Count - at).CopyTo(_frames.AsSpan(at + 1));
            _frames[at] = follower;
            Count++;
            follower = next;
        }
    }

    /// <summary>
    /// Keeps the frames at <paramref name="indices"/>, ascending; the others travel in the trains of these from now on. None may have
    /// ended.
    /// </summary>
    public void KeepOnly(ReadOnlySpan<byte> indices)
    {
        for (int i = 0; i < indices.Length; i++) _frames[i] = _frames[indices[i]];
        Count = indices.Length;
    }

    /// <summary>Keeps the frames from <paramref name="index"/> on, moved to the front. Those before must have been passed on.</summary>
    public void RemoveFirst(int index)
    {
        _frames.AsSpan(index, Count - index).CopyTo(_frames);
        Count -= index;
    }

    /// <summary>Passes its first frames on to another batch, as far as that has room; answers how many.</summary>
    public int MoveTo(FrameBatch into, int most = int.MaxValue)
    {
        int moved = into.Add(_frames.AsSpan(0, Math.Min(most, Count)));
        RemoveFirst(moved);
        return moved;
    }

    /// <summary>For whoever keeps frames here across breaths: to close gaps in place.</summary>
    internal Span<Frame> Mutable => _frames.AsSpan(0, Count);

    /// <summary>Forgets the frames from <paramref name="count"/> on. They must have been passed on.</summary>
    internal void Truncate(int count) => Count = count;

    public void Clear() => (Count, Ended) = (0, 0);
}
