using Appliance.Engine;

namespace Appliance.Routing;

/// <summary>
/// Frames of one worker that wait for neighbours: <see cref="MaxOfOne"/> datagrams for each, <see cref="MaxInAll"/> frames together. When
/// that is full the oldest end, of the neighbour or of all; those lie apart until somebody takes them. Nothing is allocated.
/// </summary>
internal sealed class WaitingFrames(NeighbourHash hash)
{
    /// <summary>
    /// Datagrams that wait for one neighbour: the 45 fragments that the longest has on Ethernet are whole. RFC 4861 §7.2.2 asks for one at
    /// least.
    /// </summary>
    public const int MaxOfOne = 48;

    /// <summary>Frames that wait, those chained behind others included.</summary>
    public const int MaxInAll = 512;

    private const int None = -1;
    private const int SlotBits = 9;

    private readonly Item[] _items = [.. Enumerable.Range(1, MaxInAll).Select(next => new Item { Newer = next })];
    private readonly Place[] _places = [.. Enumerable.Range(1, MaxInAll).Select(next => new Place { First = next })];
    private readonly short[] _slots = new short[1 << SlotBits];                 // first place by hash, + 1
    private int _freeItem, _freePlace;
    private int _oldest = None, _newest = None;                         // of all items
    private Frame _firstEnded, _lastEnded;                              // chained by Last, which nothing here has another use for

    private struct Item
    {
        public Frame Frame;
        public MonotonicTime Since;
        public ulong Mark;
        public int Place;
        public int NextOfPlace;
        public int Older, Newer;                                        // of all; Newer links those that are free, too
    }

    private struct Place
    {
        public NeighbourKey Key;
        public MonotonicTime AskedAt;
        public int First, Last, Count;                                  // First links those that are free, too
        public short NextInSlot;
    }

    /// <summary>Frames here that wait for somebody.</summary>
    public int Waiting { get; private set; }

    /// <summary>Frames here that have ended.</summary>
    public int Ended { get; private set; }

    /// <summary>Neighbours that are waited for; they are numbers below <see cref="MaxInAll"/>.</summary>
    public int Places { get; private set; }

    /// <summary>Since when the oldest has waited; only while something waits.</summary>
    public MonotonicTime OldestSince => _items[_oldest].Since;

    /// <summary>Whether something waits for a neighbour: its later frames wait behind.</summary>
    public bool TryFind(in NeighbourKey key, out int place)
    {
        for (place = _slots[SlotOf(key)] - 1; place != None; place = _places[place].NextInSlot - 1)
        {
            if (_places[place].Key == key) return true;
        }

        return false;
    }

    /// <summary>Whether somebody waits for the neighbour with a number.</summary>
    public bool IsWaitedFor(int place) => _places[place].Count > 0;

    public NeighbourKey KeyOf(int place) => _places[place].Key;

    /// <summary>When the neighbour was last asked for.</summary>
    public ref MonotonicTime AskedAt(int place) => ref _places[place].AskedAt;

    /// <summary>The mark of the frame that has waited longest for a neighbour.</summary>
    public ulong MarkOfFirst(int place) => _items[_places[place].First].Mark;

    /// <summary>Takes a frame that is to wait for a neighbour, and all that are chained behind it.</summary>
    /// <param name="frame">What waits.</param>
    /// <param name="key">For whom.</param>
    /// <param name="now">Since when.</param>
    /// <param name="mark">The caller's, kept with it.</param>
    /// <returns>The neighbour's number.</returns>
    public int Add(Frame frame, in NeighbourKey key, MonotonicTime now, ulong mark = 0)
    {
        int frames = FramesOf(frame);
        while (Waiting > 0 && Waiting + frames > MaxInAll) End(TakeFirst(_items[_oldest].Place, out _));
        if (TryFind(key, out int place) && _places[place].Count >= MaxOfOne) End(TakeFirst(place, out _));
        if (place == None) place = NewPlace(key);
        int index = _freeItem;
        ref Item item = ref _items[index];
        _freeItem = item.Newer;
        item = new Item { Frame = frame, Since = now, Mark = mark, Place = place, NextOfPlace = None, Older = _newest, Newer = None };
        if (_newest == None) _oldest = index;
        else _items[_newest].Newer = index;
        _newest = index;
        ref Place of = ref _places[place];
        if (of.Count++ == 0) of.First = index;
        else _items[of.Last].NextOfPlace = index;
        of.Last = index;
        Waiting += frames;
        return place;
    }

    /// <summary>The frame that has waited longest for a neighbour; with the last one its number means nothing any more.</summary>
    public Frame TakeFirst(int place, out bool isLast)
    {
        ref Place of = ref _places[place];
        int index = of.First;
        ref Item item = ref _items[index];
        Frame frame = item.Frame;
        if (item.Older == None) _oldest = item.Newer;
        else _items[item.Older].Newer = item.Newer;
        if (item.Newer == None) _newest = item.Older;
        else _items[item.Newer].Older = item.Older;
        of.First = item.NextOfPlace;
        (item.Newer, _freeItem) = (_freeItem, index);
        Waiting -= FramesOf(frame);
        isLast = --of.Count == 0;
        if (isLast) FreePlace(place);
        return frame;
    }

    /// <summary>Ends the frame that has waited longest of all; something must wait.</summary>
    public void EndOldest() => End(TakeFirst(_items[_oldest].Place, out _));

    /// <summary>
    /// Ends every frame of a bucket, with those that wait for the same neighbours; all of them, where none is given.
    /// </summary>
    public void EndAll(ushort? bucket, DropReason reason = DropReason.NoNeighbour)
    {
        for (int item = _oldest; item != None;)
        {
            bool isMeant = bucket is null || _items[item].Frame.Info.Bucket == bucket;
            int place = _items[item].Place;
            item = _items[item].Newer;
            if (!isMeant) continue;
            for (int left = _places[place].Count; left > 0; left--) End(TakeFirst(place, out _), reason);
            item = _oldest;
        }
    }

    /// <summary>
    /// Puts a frame, and what is chained behind it, to those that have ended. It may still stand in the batch that it was kept from, so
    /// nothing that the batch reads is changed.
    /// </summary>
    public void End(Frame frame, DropReason reason = DropReason.NoNeighbour)
    {
        int frames = FramesOf(frame);
        frame.Info.DropReason = reason;                                 // which is read of dropped frames only
        frame.Info.Last = default;
        if (_firstEnded.IsNull) _firstEnded = frame;
        else _lastEnded.Info.Last = frame;
        _lastEnded = frame;
        Ended += frames;
    }

    /// <summary>The frame that ended first, marked as dropped; the caller's.</summary>
    public bool TryTakeEnded(out Frame frame)
    {
        frame = _firstEnded;
        if (frame.IsNull) return false;
        _firstEnded = frame.Info.Last;
        frame.Info.Last = default;
        Ended -= FramesOf(frame);
        Drop(frame, frame.Info.DropReason);
        return true;
    }

    /// <summary>Marks a frame, and all that are chained behind it, as dropped.</summary>
    public static void Drop(Frame frame, DropReason reason = DropReason.NoNeighbour)
    {
        frame.Drop(reason);
        if (!frame.Info.Next.IsNull) frame.Info.TrainFrames = FramesOf(frame);      // each fragment counts
    }

    private static int FramesOf(Frame frame)
    {
        int frames = 0;
        for (; !frame.IsNull; frame = frame.Info.Next) frames++;
        return frames;
    }

    private int SlotOf(in NeighbourKey key) => (int)(hash.Of(key) >> (64 - SlotBits));

    private int NewPlace(in NeighbourKey key)
    {
        int place = _freePlace;
        _freePlace = _places[place].First;
        ref short head = ref _slots[SlotOf(key)];
        var never = new MonotonicTime(long.MinValue / 2);
        _places[place] = new Place { Key = key, AskedAt = never, First = None, Last = None, NextInSlot = head };
        head = (short)(place + 1);
        Places++;
        return place;
    }

    private void FreePlace(int place)
    {
        ref short link = ref _slots[SlotOf(_places[place].Key)];
        while (link != place + 1) link = ref _places[link - 1].NextInSlot;
        link = _places[place].NextInSlot;
        _places[place].First = _freePlace;
        _freePlace = place;
        Places--;
    }
}
