using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Offload;

/// <summary>
/// Couples the segments of one batch. The flows seen so far stand in a hashed table that is never cleared: which slots count is known by a
/// bit each. A slot has the headers that every full segment of its train has, so that for nearly every frame one look at its headers and
/// one comparison of vectors answer both whether it is of this flow and whether it joins. All others are judged by
/// <see cref="TrainRules"/>.
/// <para>
/// Order is law: whatever of a flow does not join closes the flow's train, and a fragment, which may be of any flow, closes all.
/// </para>
/// </summary>
internal sealed unsafe class TrainKernel
{
    /// <summary>Frames at once: a bit each in a word.</summary>
    public const int MaxFrames = FrameBatch.DefaultCapacity;

    /// <summary>
    /// Slots looked at for one frame. A flow that finds none free in them is not coupled: flows that collide are chosen by an attacker.
    /// </summary>
    public const int MaxProbes = 16;

    private const int Slots = 2 * MaxFrames;
    private const uint Nowhere = Slots;

    private readonly byte[] _memory = GC.AllocateArray<byte>((Slots + 3) * FlowSlot.SizeBytes, pinned: true);
    private readonly FlowSlot* _slots;                                      // in _memory, at the start of a cache line
    private readonly HeaderLayout* _layouts;                                // of IPv4 and IPv6, behind them
    private readonly ulong* _used;                                          // the slots that are of this batch, a bit each; behind those

    public TrainKernel()
    {
        nint memory = (nint)Unsafe.AsPointer(ref _memory[0]);
        _slots = (FlowSlot*)((memory + FlowSlot.SizeBytes - 1) & ~(nint)(FlowSlot.SizeBytes - 1));
        _layouts = (HeaderLayout*)(_slots + Slots);
        _used = (ulong*)(_slots + Slots + 1);
        HeaderLayout.WriteIpv4(_layouts);
        HeaderLayout.WriteIpv6(_layouts + 1);
    }

    /// <summary>
    /// Chains the followers of at most <see cref="MaxFrames"/> frames behind their heads and answers which they are, a bit for each frame.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]                              // elsewhere the JIT would not inline all that this is made of
    public ulong Couple(ReadOnlySpan<Frame> frames, PortTable ports, WorkerCounters counters)
    {
        ForgetAll();
        ulong followers = 0;
        for (int i = 0; i < frames.Length; i++)
        {
            Frame frame = frames[i];
            ref FrameInfo info = ref frame.Info;
            FrameTraits shape = info.Traits & (FrameTraits.Ports | FrameTraits.Fragment | FrameTraits.Options);
            if (info.Protocol != IpProtocol.Tcp || shape != FrameTraits.Ports)
            {
                if ((shape & ~FrameTraits.Ports) != FrameTraits.None) Close(frame, shape);
                continue;
            }

            byte* ip = frame.Pointer + info.NetworkOffset;
            HeaderLayout* layout = _layouts + (info.TransportOffset - info.NetworkOffset == HeaderLayout.Ipv6Header ? 1 : 0);
            Vector512<byte> headers = HeaderLayout.Read(ip, layout);
            uint at = HomeOf(ref info);
            FlowSlot* slot = Find(headers, layout, ref at, out ulong differences);
            if (slot != null)
            {
                if (slot->IsFresh)
                {
                    TrainRules.Begin(slot, ports);
                    differences = Differences(headers, slot);
                }

                TrainVerdict verdict = IsNext(slot, ref info, ip, differences)
                    ? TrainRules.IsTrusted(slot, ref info) ? TrainVerdict.Joins : TrainRules.Verify(slot, frame, ip, counters)
                    : TrainRules.Judge(slot, frame, ip, counters);
                if (verdict == TrainVerdict.Joins)
                {
                    Chain(slot, frame, counters);
                    followers |= 1UL << i;
                    continue;
                }

                if (verdict == TrainVerdict.Stays) continue;
            }
            else if (at == Nowhere)
            {
                continue;
            }

            _used[at >> 6] |= 1UL << (int)at;
            slot = _slots + at;
            headers.Store(slot->Headers);
            slot->Layout = layout;
            slot->Head = frame;
            slot->HeadIp = ip;
            slot->IsFresh = true;
        }

        counters.LroSegments += BitOperations.PopCount(followers);
        return followers;
    }

    private void ForgetAll() => _used[0] = _used[1] = 0;

    /// <summary>Where the search for a flow begins. The steering hash is the same for both directions and may be of addresses alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint HomeOf(ref FrameInfo info)
    {
        uint mixed = info.Hash + (((uint)info.SourcePort << 16) | info.DestinationPort);
        return (mixed * 0x9e37_79b1) >> 25;
    }

    /// <summary>
    /// The slot of a flow and which bytes of the headers differ from its train's; or null, and <paramref name="at"/> is where one is free
    /// for it, or <see cref="Nowhere"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private FlowSlot* Find(Vector512<byte> headers, HeaderLayout* layout, ref uint at, out ulong differences)
    {
        differences = 0;
        for (int probes = MaxProbes; probes > 0; probes--, at = (at + 1) & (Slots - 1))
        {
            if (((_used[at >> 6] >> (int)at) & 1) == 0) return null;
            FlowSlot* slot = _slots + at;
            differences = Differences(headers, slot);
            if ((differences & layout->Tuple) == 0 && slot->Layout == layout) return slot;
        }

        at = Nowhere;
        return null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Differences(Vector512<byte> headers, FlowSlot* slot) =>
        ~Vector512.Equals(headers, Vector512.Load(slot->Headers)).ExtractMostSignificantBits();

    /// <summary>
    /// Whether a segment of the slot's flow is exactly the one that its train waits for: full, and with headers as foretold. What else the
    /// rules ask for, the head has answered.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsNext(FlowSlot* slot, ref FrameInfo info, byte* ip, ulong differences) =>
        (differences & slot->Compared) == 0
        && slot->SegmentBytes <= slot->Room
        && TrainRules.SequenceOf(ip, slot->Layout) == slot->NextSequence
        && TrainRules.IdOf(ip, slot->Layout) == slot->NextId
        && TrainRules.PlaceOf(ref info) == slot->Place
        && info.SegmentSize == 0
        && TrainRules.IsLinkSame(slot, ip, info.NetworkOffset)
        && (slot->HeaderBytes <= HeaderLayout.Bytes || TrainRules.IsRestSame(slot, ip));

    /// <summary>Chains a frame behind the train, and says what that waits for next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Chain(FlowSlot* slot, Frame frame, WorkerCounters counters)
    {
        ref FrameInfo head = ref slot->Head.Info;
        if (slot->Head == slot->Tail)
        {
            head.TrainFrames = 1;
            head.TrainBytes = slot->Head.Length;
            head.TrainLargest = head.DatagramLength;
            slot->IsIdStepOpen = false;
            counters.LroSuperframes++;
            counters.LroSegments++;
        }

        head.TrainFrames++;
        head.TrainBytes += frame.Length;
        head.Last = frame;
        slot->Tail.Info.Next = frame;
        slot->Tail = frame;
        slot->Room -= slot->SegmentBytes;
        slot->NextSequence += (uint)slot->SegmentBytes;
        slot->NextId = (slot->NextId + slot->IdStep) & ushort.MaxValue;
    }

    /// <summary>
    /// A fragment closes all trains, for it may be of any flow. A frame whose TCP header stands behind options or extension headers closes
    /// its own flow's.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Close(Frame frame, FrameTraits shape)
    {
        ref FrameInfo info = ref frame.Info;
        if ((shape & FrameTraits.Fragment) != FrameTraits.None)
        {
            ForgetAll();
            return;
        }

        if (info.Protocol != IpProtocol.Tcp || (shape & FrameTraits.Ports) == FrameTraits.None) return;
        HeaderLayout* layout = _layouts + (info.Network == NetworkKind.Ipv6 ? 1 : 0);
        byte* plain = stackalloc byte[HeaderLayout.Bytes];                  // its addresses and ports where they usually stand
        Unsafe.CopyBlockUnaligned(plain, frame.Pointer + info.NetworkOffset, (uint)layout->IpBytes);
        Unsafe.CopyBlockUnaligned(plain + layout->IpBytes, frame.Pointer + info.TransportOffset, 4);
        uint at = HomeOf(ref info);
        FlowSlot* slot = Find(HeaderLayout.Read(plain, layout), layout, ref at, out _);
        if (slot != null) TrainRules.Close(slot);
    }
}
