using System.Diagnostics;
using System.Runtime.CompilerServices;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// Frames of one worker by the new flow that they are of, and the flows in the order in which they began: a ring of <see
/// cref="MaxFlows"/> places, found again by the flow's state. Nothing is allocated.
/// </summary>
internal sealed class HeldFlows
{
    /// <summary>Flows that wait at once.</summary>
    public const int MaxFlows = 1024;

    /// <summary>Frames of all of them, those chained behind others included: a quarter of a worker's pool.</summary>
    public const int MaxFrames = 1024;

    /// <summary>Frames of one flow: what most send at once before they hear an answer (RFC 6928: ten), and much more.</summary>
    public const int MaxOfOne = 128;

    private const int None = -1;

    private readonly Place[] _places = new Place[MaxFlows];           // of an ordinal: at that modulo their number
    private readonly Item[] _items = [.. Enumerable.Range(1, MaxFrames).Select(next => new Item { Next = next })];
    private readonly short[] _slots = new short[MaxFlows];            // the first place by hash, + 1
    private uint _first, _next;                                       // ordinals
    private int _freeItem;

    /// <summary>A flow, and what it waits for.</summary>
    public struct Place
    {
        public int State;                                             // its index in the table, while it has that
        public ulong Id;                                              // of the state
        public ushort Bucket;
        public ulong Mark;                                            // of IFlowReceipts; MaxValue: none is known that would do
        public long Session;                                          // likewise
        public MonotonicTime Since;
        internal int First, Last, Count;
        internal short NextInSlot;
    }

    private struct Item
    {
        public Frame Frame;
        public int Next;                                              // of its flow; links those that are free, too
    }

    /// <summary>Frames here.</summary>
    public int Frames { get; private set; }

    public bool Any => _first != _next;

    public bool HasRoom => _next - _first < MaxFlows && Frames < MaxFrames;

    /// <summary>The flow that has waited longest; only while there is <see cref="Any"/>.</summary>
    public ref Place First => ref At(_first);

    /// <summary>The ordinal that the next flow gets; they only grow, modulo 2^32.</summary>
    public uint Next => _next;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref Place At(uint ordinal) => ref _places[ordinal % MaxFlows];

    /// <summary>Whether a flow waits.</summary>
    public bool TryFind(int state, ulong id, out uint ordinal)
    {
        for (int place = _slots[SlotOf(state)] - 1; place != None; place = _places[place].NextInSlot - 1)
        {
            if (_places[place].State != state || _places[place].Id != id) continue;
            ordinal = _first + (((uint)place - _first) % MaxFlows);
            return true;
        }

        ordinal = 0;
        return false;
    }

    /// <summary>Gives a flow that does not wait yet a place, without a frame. There must be <see cref="HasRoom"/>.</summary>
    public uint Begin(in Place flow)
    {
        Debug.Assert(HasRoom);
        ref short head = ref _slots[SlotOf(flow.State)];
        ref Place place = ref At(_next);
        place = flow;
        (place.First, place.Last, place.Count, place.NextInSlot) = (None, None, 0, head);
        head = (short)((_next % MaxFlows) + 1);
        return _next++;
    }

    /// <summary>Takes a frame of a flow, with all that are chained behind it. False, and it stays the caller's: there is no room.</summary>
    public bool TryAdd(uint ordinal, Frame frame)
    {
        ref Place place = ref At(ordinal);
        int frames = FramesOf(frame);
        if (frames > MaxFrames - Frames || place.Count == MaxOfOne) return false;
        int index = _freeItem;
        ref Item item = ref _items[index];
        _freeItem = item.Next;
        item = new Item { Frame = frame, Next = None };
        if (place.Count++ == 0) place.First = index;
        else _items[place.Last].Next = index;
        place.Last = index;
        Frames += frames;
        return true;
    }

    /// <summary>The oldest frame of the flow that has waited longest. False: it has none, and has left.</summary>
    public bool TryTakeOfFirst(out Frame frame)
    {
        ref Place place = ref First;
        frame = default;
        if (place.Count == 0)
        {
            Forget(place.State);
            _first++;
            return false;
        }

        int index = place.First;
        ref Item item = ref _items[index];
        frame = item.Frame;
        place.First = item.Next;
        place.Count--;
        (item.Next, _freeItem) = (_freeItem, index);
        Frames -= FramesOf(frame);
        return true;
    }

    /// <summary>A frame, and those chained behind it.</summary>
    public static int FramesOf(Frame frame)
    {
        int frames = 0;
        for (; !frame.IsNull; frame = frame.Info.Next) frames++;
        return frames;
    }

    private static int SlotOf(int state) => state & (MaxFlows - 1);

    private void Forget(int state)
    {
        int gone = (int)(_first % MaxFlows) + 1;
        ref short link = ref _slots[SlotOf(state)];
        while (link != gone) link = ref _places[link - 1].NextInSlot;
        link = _places[gone - 1].NextInSlot;
    }
}
