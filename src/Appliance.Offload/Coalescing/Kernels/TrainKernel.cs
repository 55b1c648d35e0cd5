using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Offload;

/// <summary>
/// Couples the segments of one batch. The flows seen so far stand in a hashed table that is never cleared: a slot says of which batch it
/// is. It leads to what the flow's train waits for, so that for nearly every frame three comparisons of vectors answer both whether it is
/// of this flow and whether it joins. All others are judged by <see cref="TrainRules"/>.
/// <para>
/// Order is law: whatever of a flow does not join closes the flow's train, and a fragment, which may be of any flow, closes all.
/// </para>
/// </summary>
internal sealed unsafe class TrainKernel
{
    /// <summary>Frames at once: a bit each in a word.</summary>
    public const int MaxFrames = FrameBatch.DefaultCapacity;

    private const int MaxTrains = (MaxFrames / 2) + 1;                      // and one that begins, and does not

    private readonly byte[] _memory = GC.AllocateArray<byte>(
        (FlowSlot.Count * FlowSlot.SizeBytes) + ((MaxTrains + 2) * Train.SizeBytes) + (2 * sizeof(HeaderLayout)) + (2 * Train.LineBytes),
        pinned: true);
    private readonly FlowSlot* _slots;                                      // in _memory, at the start of a cache line
    private readonly Train* _trains;                                        // behind them: those of this batch
    private readonly Train* _fresh;                                         // of a frame that nothing came behind yet
    private readonly Train* _closed;                                        // of a frame that nothing joins any more
    private readonly HeaderLayout* _layouts;                                // of IPv4 and IPv6
    private readonly byte* _facts;                                          // NextSegment.CommonFacts, where a register is filled from
    private int _begun;                                                     // trains of this batch
    private ulong _batch;                                                   // never used before: 2^64 batches outlast any machine
    private ulong _followers;                                               // of this batch, a bit for each frame
    private int _verified;
    private Train* _run;                                                    // that took two frames in turn, if it is to go on with the next

    public TrainKernel()
    {
        nint memory = (nint)Unsafe.AsPointer(ref _memory[0]);
        _slots = (FlowSlot*)((memory + Train.LineBytes - 1) & ~(nint)(Train.LineBytes - 1));
        _trains = (Train*)(_slots + FlowSlot.Count);
        _fresh = _trains + MaxTrains;
        _closed = _fresh + 1;
        _fresh->Room = _closed->Room = -1;
        _layouts = (HeaderLayout*)(_closed + 1);
        _facts = (byte*)(_layouts + 2);
        NextSegment.CommonFacts.Store(_facts);
        for (int i = 0; i < FlowSlot.Count; i++) _slots[i].Train = _fresh;
        HeaderLayout.WriteIpv4(_layouts);
        HeaderLayout.WriteIpv6(_layouts + 1);
    }

    /// <summary>
    /// Chains the followers of at most <see cref="MaxFrames"/> frames behind their heads and answers which they are, a bit for each frame.
    /// Writes every frame's place in the batch.
    /// </summary>
    public ulong Couple(ReadOnlySpan<Frame> frames, PortTable ports, WorkerCounters counters)
    {
        _batch++;
        _followers = 0;
        for (int at = 0; at < frames.Length;)
        {
            at = CoupleWhatWasForetold(frames, at);
            at = _run != null ? CoupleRun(frames, at) : JudgeSome(frames, at, ports, counters);
        }

        Finish(counters);
        return _followers;
    }

    /// <summary>
    /// Goes on from <paramref name="at"/> as long as frames are the next of a train, the first of their flow, or none of ours. Answers the
    /// place of the first that is not, or the end, or, as a run, the place behind two that one train took in turn. There is no call in it,
    /// so that the JIT keeps nearly all of it in registers: whoever has to be called ends it.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int CoupleWhatWasForetold(ReadOnlySpan<Frame> frames, int at)
    {
        FlowSlot* slots = _slots;
        Train* fresh = _fresh, last = null;
        ulong batch = _batch, followers = 0;
        int verified = 0, count = frames.Length;
        ref Frame first = ref MemoryMarshal.GetReference(frames);
        Vector512<byte> common = Vector512.Load(_facts);
        for (; at < count; at++)
        {
            Frame frame = Unsafe.Add(ref first, at);
            ref FrameInfo info = ref frame.Info;
            Vector512<byte> facts = NextSegment.FactsOf(ref info, common);
            info.Position = at;                                             // only now: a load of the line would wait for the store
            FlowSlot* slot = FlowSlot.Home(slots, ref info);
            Train* train = slot->Train;
            if (slot->Batch != batch || facts != Vector512.Load(train->Facts))
                train = FlowSlot.Probe(ref slot, slots, FlowSlot.KeyOf(ref info), facts, batch, fresh);
            if (NextSegment.IsNext(train, frame, ref info))
            {
                if (!NextSegment.IsTrusted(train, ref info) && !NextSegment.IsRight(train, frame, ref info, ref verified)) break;
                NextSegment.Chain(train, frame);
                followers |= 1UL << at;
                if (train != last)
                {
                    last = train;
                    continue;
                }

                _run = train;
                at++;
                break;
            }

            FrameTraits shape = info.Traits & (FrameTraits.Ports | FrameTraits.Fragment | FrameTraits.Options);
            if (info.Protocol != IpProtocol.Tcp || shape != FrameTraits.Ports)
            {
                if ((shape & ~FrameTraits.Ports) != FrameTraits.None) break;
            }
            else if (slot->Batch == batch) break;
            else FlowSlot.Record(slot, FlowSlot.KeyOf(ref info), frame, batch, fresh);
        }

        _followers |= followers;
        _verified += verified;
        return at;
    }

    /// <summary>Goes on from <paramref name="at"/> with the train that took the two before, as long as it takes the next as well.</summary>
    private int CoupleRun(ReadOnlySpan<Frame> frames, int at)
    {
        int end = SegmentRun.Couple(_run, frames, at, Vector512.Load(_facts), ref _verified);
        _run = null;
        _followers |= HeaderLayout.First(end) & ~HeaderLayout.First(at);
        return end;
    }

    /// <summary>
    /// Judges the frame at <paramref name="at"/>, if there is one, and those behind it that are the second of their flow as well: any frame
    /// may be judged, and those have to be. Answers the place behind them.
    /// </summary>
    private int JudgeSome(ReadOnlySpan<Frame> frames, int at, PortTable ports, WorkerCounters counters)
    {
        while (at < frames.Length)
        {
            if (Judge(frames[at], ports, counters)) _followers |= 1UL << at;
            if (++at == frames.Length) break;
            ref FrameInfo info = ref frames[at].Info;
            FlowSlot* slot = FlowSlot.Home(_slots, ref info);
            if (slot->Batch != _batch || slot->Train != _fresh || slot->Key != FlowSlot.KeyOf(ref info)) break;
            info.Position = at;
        }

        return at;
    }

    /// <summary>Whether a frame joins that is not what a train waits for, and not the first of its flow.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Judge(Frame frame, PortTable ports, WorkerCounters counters)
    {
        FrameTraits shape = frame.Info.Traits & (FrameTraits.Ports | FrameTraits.Fragment | FrameTraits.Options);
        if (frame.Info.Protocol != IpProtocol.Tcp || shape != FrameTraits.Ports)
        {
            Close(frame, shape);
            return false;
        }

        byte* ip = IpOf(frame);
        FlowSlot* slot = FlowSlot.Home(_slots, ref frame.Info);
        FlowSlot.Probe(ref slot, _slots, FlowSlot.KeyOf(ref frame.Info), default, _batch, _fresh);
        if (!IsSecond(slot, frame, ports)) return JudgeByAllRules(frame, ip, ports, counters);
        Train* train = _trains + _begun;
        bool isTrusted = NextSegment.IsTrusted(train, ref frame.Info);
        TrainVerdict verdict = isTrusted ? TrainVerdict.Joins : TrainRules.Verify(train, frame, ip, counters);
        if (verdict != TrainVerdict.Joins) return Settle(slot, frame, verdict);
        NextSegment.Chain(train, frame);
        train->IsIdStepOpen = false;
        Register(slot, train);
        return true;
    }

    /// <summary>
    /// Whether a frame is what a train waits for that is begun by the first of its flow, in this slot: nearly every second frame is, and
    /// is found to be without asking for one thing after the other.
    /// </summary>
    private bool IsSecond(FlowSlot* slot, Frame frame, PortTable ports)
    {
        if (slot->Batch != _batch || slot->Train != _fresh) return false;
        Train* train = _trains + _begun;
        return TrainRules.TryBegin(train, slot->Head, IpOf(slot->Head), LayoutOf(slot->Head), ports)
            && NextSegment.FactsOf(ref frame.Info, Vector512.Load(_facts)) == Vector512.Load(train->Facts)
            && NextSegment.IsNext(train, frame, ref frame.Info);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool JudgeByAllRules(Frame frame, byte* ip, PortTable ports, WorkerCounters counters)
    {
        HeaderLayout* layout = LayoutOf(frame);
        FlowSlot* slot = Find(FlowSlot.Home(_slots, ref frame.Info), ip, layout);
        if (slot == null) return false;
        if (slot->Batch != _batch || slot->Train == _closed) return Settle(slot, frame, TrainVerdict.Begins);
        if (slot->Train != _fresh) return Settle(slot, frame, TrainRules.Judge(slot->Train, frame, ip, counters));
        Train* train = _trains + _begun;
        if (!TrainRules.TryBegin(train, slot->Head, IpOf(slot->Head), layout, ports)) return Settle(slot, frame, TrainVerdict.Begins);
        TrainVerdict verdict = TrainRules.Judge(train, frame, ip, counters);
        if (verdict is TrainVerdict.Joins or TrainVerdict.Ends) Register(slot, train);
        return Settle(slot, frame, verdict);
    }

    /// <summary>The train that was begun where the next one would be has its second frame.</summary>
    private void Register(FlowSlot* slot, Train* train)
    {
        slot->Train = train;
        _begun++;
    }

    /// <summary>Writes into the slot what comes of the verdict, and answers whether the frame joined.</summary>
    private bool Settle(FlowSlot* slot, Frame frame, TrainVerdict verdict)
    {
        if (verdict == TrainVerdict.Begins) FlowSlot.Record(slot, FlowSlot.KeyOf(ref frame.Info), frame, _batch, _fresh);
        else if (verdict != TrainVerdict.Joins) slot->Train = _closed;
        return verdict is TrainVerdict.Joins or TrainVerdict.Ends;
    }

    private static byte* IpOf(Frame frame) => frame.Pointer + frame.Info.NetworkOffset;

    private HeaderLayout* LayoutOf(Frame frame)
    {
        int ipBytes = frame.Info.TransportOffset - frame.Info.NetworkOffset;
        return _layouts + (ipBytes == HeaderLayout.Ipv6Header ? 1 : 0);
    }

    /// <summary>The flow's slot, or one that is free for it, or null, when too many others stand where it should.</summary>
    private FlowSlot* Find(FlowSlot* home, byte* ip, HeaderLayout* layout)
    {
        for (int probe = 0; probe < FlowSlot.MaxProbes; probe++)
        {
            FlowSlot* slot = _slots + ((home - _slots + probe) & (FlowSlot.Count - 1));
            if (slot->Batch != _batch) return slot;
            if (LayoutOf(slot->Head) == layout && (HeaderLayout.Differences(ip, IpOf(slot->Head)) & layout->Tuple) == 0) return slot;
        }

        return null;
    }

    private void Finish(WorkerCounters counters)
    {
        for (int i = 0; i < _begun; i++)
        {
            Train* train = _trains + i;
            ref FrameInfo head = ref train->Head.Info;
            head.Last = train->Tail;
            head.TrainFrames = (int)train->Frames;
            head.TrainBytes = (int)train->Bytes;
            head.TrainLargest = head.DatagramLength;
        }

        counters.LroSuperframes += _begun;
        counters.LroSegments += _begun + BitOperations.PopCount(_followers);
        counters.ChecksumsVerified += _verified;
        _begun = _verified = 0;
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
            _batch++;
            return;
        }

        if (frame.Info.Protocol != IpProtocol.Tcp || (shape & FrameTraits.Ports) == FrameTraits.None) return;
        HeaderLayout* layout = _layouts + (frame.Info.Network == NetworkKind.Ipv6 ? 1 : 0);
        byte* plain = stackalloc byte[Train.LineBytes];                     // its addresses and ports where they usually stand
        Unsafe.CopyBlockUnaligned(plain, frame.Pointer + frame.Info.NetworkOffset, (uint)layout->IpBytes);
        Unsafe.CopyBlockUnaligned(plain + layout->IpBytes, frame.Pointer + frame.Info.TransportOffset, 4);
        FlowSlot* slot = Find(FlowSlot.Home(_slots, ref frame.Info), plain, layout);
        if (slot != null && slot->Batch == _batch) slot->Train = _closed;
    }
}
