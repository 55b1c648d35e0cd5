using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Offload;

/// <summary>
/// Couples the segments of one batch. The flows seen so far stand in a hashed table that is never cleared: a slot says of which batch it
/// is. It has the headers that every full segment of its train has, so that for nearly every frame one look at its headers and one
/// comparison of vectors answer both whether it is of this flow and whether it joins. All others are judged by <see cref="TrainRules"/>.
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

    private readonly byte[] _memory = GC.AllocateArray<byte>((Slots + 2) * FlowSlot.SizeBytes, pinned: true);
    private readonly FlowSlot* _slots;                                      // in _memory, at the start of a cache line
    private readonly HeaderLayout* _layouts;                                // of IPv4 and IPv6, behind them
    private ulong _batch;                                                   // never used before: 2^64 batches take longer than any machine lasts

    public TrainKernel()
    {
        nint memory = (nint)Unsafe.AsPointer(ref _memory[0]);
        _slots = (FlowSlot*)((memory + FlowSlot.SizeBytes - 1) & ~(nint)(FlowSlot.SizeBytes - 1));
        _layouts = (HeaderLayout*)(_slots + Slots);
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
            FrameTraits shape = frame.Info.Traits & (FrameTraits.Ports | FrameTraits.Fragment | FrameTraits.Options);
            if (frame.Info.Protocol != IpProtocol.Tcp || shape != FrameTraits.Ports)
            {
                if ((shape & ~FrameTraits.Ports) != FrameTraits.None) Close(frame, shape);
                continue;
            }

            byte* ip = frame.Pointer + frame.Info.NetworkOffset;
            HeaderLayout* layout = LayoutOf(frame.Info.TransportOffset - frame.Info.NetworkOffset);
            FlowSlot* slot = Find(frame, ip, layout, out ulong differences);
            if (slot == null) continue;
            if (slot->Batch == _batch)
            {
                TrainVerdict verdict = !IsNext(slot, frame, ip, layout, differences) ? TrainRules.Judge(slot, frame, ip, ports, counters)
                    : TrainRules.IsTrusted(slot, frame) ? TrainVerdict.Joins
                    : TrainRules.Verify(slot, frame, ip, counters);
                if (verdict == TrainVerdict.Joins)
                {
                    Chain(slot, frame, counters);
                    followers |= 1UL << i;
                    continue;
                }

                if (verdict == TrainVerdict.Stays) continue;
            }

            HeaderLayout.Read(ip, layout).Store(slot->Headers);
            slot->Batch = _batch;
            slot->Layout = layout;
            slot->Head = frame;
            slot->HeadIp = ip;
            slot->Port = FlowSlot.Fresh;
        }

        counters.LroSegments += BitOperations.PopCount(followers);
        return followers;
    }

    private void ForgetAll() => _batch++;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private HeaderLayout* LayoutOf(int ipBytes) => _layouts + (ipBytes == HeaderLayout.Ipv6Header ? 1 : 0);

    /// <summary>Where the search for a flow begins. The steering hash is the same for both directions and may be of addresses alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint HomeOf(Frame frame)
    {
        uint mixed = frame.Info.Hash + (((uint)frame.Info.SourcePort << 16) | frame.Info.DestinationPort);
        return (mixed * 0x9e37_79b1) >> 25;
    }

    /// <summary>
    /// The slot of a flow and which bytes of the headers differ from its train's; or one that is free for it; or null, when too many others
    /// stand where it should.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private FlowSlot* Find(Frame frame, byte* ip, HeaderLayout* layout, out ulong differences)
    {
        uint home = HomeOf(frame);
        FlowSlot* slot = _slots + home;
        differences = HeaderLayout.Compare(ip, layout, slot->Headers);
        if (slot->Batch != _batch || ((differences & layout->Tuple) == 0 && slot->Layout == layout)) return slot;
        slot = FindFurther(ip, layout, home);
        if (slot != null) differences = HeaderLayout.Compare(ip, layout, slot->Headers);
        return slot;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private FlowSlot* FindFurther(byte* ip, HeaderLayout* layout, uint home)
    {
        for (uint probe = 1; probe < MaxProbes; probe++)
        {
            FlowSlot* slot = _slots + ((home + probe) & (Slots - 1));
            if (slot->Batch != _batch) return slot;
            if (slot->Layout == layout && (HeaderLayout.Compare(ip, layout, slot->Headers) & layout->Tuple) == 0) return slot;
        }

        return null;
    }

    /// <summary>
    /// Whether a segment of the slot's flow is exactly the one that its train waits for: full, and with headers as foretold. What else the
    /// rules ask for, the head has answered.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsNext(FlowSlot* slot, Frame frame, byte* ip, HeaderLayout* layout, ulong differences) =>
        frame.Info.IngressPort == slot->Port
        && (differences & slot->Compared) == 0
        && TrainRules.CountsOf(ip, layout) == slot->Next
        && slot->SegmentBytes <= slot->Room
        && frame.Info.SegmentSize == 0
        && TrainRules.IsLinkSame(slot, ip, frame.Info.NetworkOffset)
        && (slot->HeaderBytes <= HeaderLayout.Bytes || TrainRules.IsRestSame(slot, ip));

    /// <summary>Chains a frame behind the train, and says what that waits for next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Chain(FlowSlot* slot, Frame frame, WorkerCounters counters)
    {
        Frame head = slot->Head, tail = slot->Tail;
        if (head == tail) BeginTrain(slot, counters);
        head.Info.TrainFrames++;
        head.Info.TrainBytes += frame.Length;
        head.Info.Last = frame;
        tail.Info.Next = frame;
        slot->Tail = frame;
        slot->Room -= slot->SegmentBytes;
        slot->Next += slot->Step;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void BeginTrain(FlowSlot* slot, WorkerCounters counters)
    {
        Frame head = slot->Head;
        head.Info.TrainFrames = 1;
        head.Info.TrainBytes = head.Length;
        head.Info.TrainLargest = head.Info.DatagramLength;
        slot->IsIdStepOpen = false;
        counters.LroSuperframes++;
        counters.LroSegments++;
    }

    /// <summary>
    /// A fragment closes all trains, for it may be of any flow. A frame whose TCP header stands behind options or extension headers closes
    /// its own flow's.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Close(Frame frame, FrameTraits shape)
    {
        if ((shape & FrameTraits.Fragment) != FrameTraits.None)
        {
            ForgetAll();
            return;
        }

        if (frame.Info.Protocol != IpProtocol.Tcp || (shape & FrameTraits.Ports) == FrameTraits.None) return;
        HeaderLayout* layout = LayoutOf(frame.Info.Network == NetworkKind.Ipv6 ? HeaderLayout.Ipv6Header : HeaderLayout.Ipv4Header);
        byte* plain = stackalloc byte[HeaderLayout.Bytes];                  // its addresses and ports where they usually stand
        Unsafe.CopyBlockUnaligned(plain, frame.Pointer + frame.Info.NetworkOffset, (uint)layout->IpBytes);
        Unsafe.CopyBlockUnaligned(plain + layout->IpBytes, frame.Pointer + frame.Info.TransportOffset, 4);
        FlowSlot* slot = Find(frame, plain, layout, out _);
        if (slot != null && slot->Batch == _batch) TrainRules.Close(slot);
    }
}
