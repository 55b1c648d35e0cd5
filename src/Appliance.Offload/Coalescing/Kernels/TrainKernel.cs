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
    private int _begun;                                                     // trains of this batch
    private ulong _batch;                                                   // never used before: 2^64 batches outlast any machine

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
    /// Writes every frame's place in the batch.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]                              // elsewhere the JIT would not inline all that this is made of
    public ulong Couple(ReadOnlySpan<Frame> frames, PortTable ports, WorkerCounters counters)
    {
        ForgetAll();
        ulong followers = 0;
        for (int i = 0; i < frames.Length; i++)
        {
            Frame frame = frames[i];
            frame.Info.Position = i;
            FrameTraits shape = frame.Info.Traits & (FrameTraits.Ports | FrameTraits.Fragment | FrameTraits.Options);
            if (frame.Info.Protocol != IpProtocol.Tcp || shape != FrameTraits.Ports)
            {
                if ((shape & ~FrameTraits.Ports) != FrameTraits.None) Close(frame, shape);
                continue;
            }

            byte* ip = frame.Pointer + frame.Info.NetworkOffset;
            HeaderLayout* layout = LayoutOf(frame.Info.TransportOffset - frame.Info.NetworkOffset);
            FlowSlot* slot = HomeOf(frame);
            if (slot->Batch != _batch)
            {
                Record(slot, frame, ip, layout);
                continue;
            }

            if (!IsNext(slot, frame, ip, layout)) slot = FindWhereItJoins(slot, frame, ip, layout, ports, counters);
            else if (!TrainRules.IsTrusted(slot, frame)) slot = VerifyAndJoin(slot, frame, ip, layout, counters);
            if (slot == null) continue;
            Chain(slot, frame);
            followers |= 1UL << i;
        }

        Finish(counters, followers);
        return followers;
    }

    private void ForgetAll() => _batch++;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private HeaderLayout* LayoutOf(int ipBytes) => _layouts + (ipBytes == HeaderLayout.Ipv6Header ? 1 : 0);

    /// <summary>
    /// Where the search for a flow begins. The steering hash is the same for both directions and may be of addresses alone.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private FlowSlot* HomeOf(Frame frame)
    {
        uint ports = Unsafe.As<ushort, uint>(ref frame.Info.SourcePort);    // both, for they lie side by side
        uint mixed = frame.Info.Hash + ports;
        return _slots + ((mixed * 0x9e37_79b1) >> 25);
    }

    /// <summary>The flow's slot, or one that is free for it, or null, when too many others stand where it should.</summary>
    private FlowSlot* Find(FlowSlot* home, byte* ip, HeaderLayout* layout)
    {
        for (int probe = 0; probe < MaxProbes; probe++)
        {
            FlowSlot* slot = _slots + ((home - _slots + probe) & (Slots - 1));
            if (slot->Batch != _batch) return slot;
            if (slot->Layout == layout && (HeaderLayout.Compare(ip, layout, slot->Headers) & layout->Tuple) == 0) return slot;
        }

        return null;
    }

    /// <summary>The frame is the last of its flow that did not join; whether others may join it is asked when there are any.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Record(FlowSlot* slot, Frame frame, byte* ip, HeaderLayout* layout)
    {
        HeaderLayout.Read(ip, layout).Store(slot->Headers);
        slot->Batch = _batch;
        slot->Layout = layout;
        slot->Head = frame;
        slot->HeadIp = ip;
        slot->Port = FlowSlot.Fresh;
    }

    /// <summary>
    /// Whether a segment is exactly the one that the slot's train waits for: of its flow, full, and with headers as foretold. What else
    /// the rules ask for, the head has answered.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsNext(FlowSlot* slot, Frame frame, byte* ip, HeaderLayout* layout) =>
        frame.Info.IngressPort == slot->Port
        && (HeaderLayout.Compare(ip, layout, slot->Headers) & slot->Compared) == 0
        && TrainRules.CountsOf(ip, layout) == slot->Next
        && slot->SegmentBytes <= slot->Room
        && frame.Info.SegmentSize == 0
        && frame.Info.NetworkOffset == slot->LinkBytes && TrainRules.IsLinkStartSame(slot, ip)
        && (slot->IsPlain || TrainRules.IsRestSame(slot, ip));

    /// <summary>The slot again, if the frame joins; null, if a checksum is in the way.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private FlowSlot* VerifyAndJoin(FlowSlot* slot, Frame frame, byte* ip, HeaderLayout* layout, WorkerCounters counters)
    {
        TrainVerdict verdict = TrainRules.Verify(slot, frame, ip, counters);
        if (verdict == TrainVerdict.Begins) Record(slot, frame, ip, layout);
        return verdict == TrainVerdict.Joins ? slot : null;
    }

    /// <summary>
    /// The slot of a frame that is not what the train at its home waits for: it may be of another flow, or join all the same. Null, if it
    /// does not join.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private FlowSlot* FindWhereItJoins(
        FlowSlot* home, Frame frame, byte* ip, HeaderLayout* layout, PortTable ports, WorkerCounters counters)
    {
        FlowSlot* own = Find(home, ip, layout);
        if (own == null) return null;
        TrainVerdict verdict = own->Batch == _batch ? TrainRules.Judge(own, frame, ip, ports, counters) : TrainVerdict.Begins;
        if (verdict == TrainVerdict.Begins) Record(own, frame, ip, layout);
        return verdict == TrainVerdict.Joins ? own : null;
    }

    /// <summary>Chains a frame behind the train, and says what that waits for next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Chain(FlowSlot* slot, Frame frame)
    {
        Frame tail = slot->Tail;
        slot->Tail = frame;
        slot->Room -= slot->SegmentBytes;
        slot->Next += slot->Step;
        if (slot->Head == tail) BeginTrain(slot);
        ref FrameInfo head = ref slot->Head.Info;
        tail.Info.Next = frame;
        head.Last = frame;
        head.TrainFrames++;
        head.TrainBytes += frame.Length;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void BeginTrain(FlowSlot* slot)
    {
        Frame head = slot->Head;
        head.Info.TrainFrames = 1;
        head.Info.TrainBytes = head.Length;
        head.Info.TrainLargest = head.Info.DatagramLength;
        slot->IsIdStepOpen = false;
        _begun++;
    }

    private void Finish(WorkerCounters counters, ulong followers)
    {
        counters.LroSuperframes += _begun;
        counters.LroSegments += _begun + BitOperations.PopCount(followers);
        _begun = 0;
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
        FlowSlot* slot = Find(HomeOf(frame), plain, layout);
        if (slot != null && slot->Batch == _batch) TrainRules.Close(slot);
    }
}
