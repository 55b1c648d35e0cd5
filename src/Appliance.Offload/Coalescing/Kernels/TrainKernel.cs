using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Offload;

/// <summary>
/// Couples the segments of one batch. The flows seen so far stand in a hashed table that is never cleared: which slots count is known by a
/// bit each, and those are in registers. A frame costs one look at its headers: 64 bytes of them are compared with those of a train's head
/// in one instruction, which answers both whether it is the same flow and whether everything else is equal that has to be.
/// <para>
/// What may join is in ARCHITECTURE.md under coalesce. Order is law: whatever of a flow does not join closes the flow's train, and a
/// fragment, which may be of any flow, closes all.
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
    private const int Ipv4Header = 20, Ipv6Header = 40, TcpHeader = 20, EthernetHeader = 14;
    private const int MaxDatagram = 65_535;

    // TCP: the two bytes of data offset and flags as one little-endian word, and the flags alone.
    private const uint NeverInTrain = 0x260f;                               // URG, RST, SYN, and the reserved bits
    private const uint Fin = 0x01, Push = 0x08, Reduced = 0x80;             // Reduced: CWR

    // Bytes of the headers, a bit each. Compared: all but lengths, identification, checksums, sequence number and flags.
    private const ulong Ipv4Tuple = (1UL << 24) - (1UL << 12);
    private const ulong Ipv4Compared = Ipv4Tuple | 0x3c3 | (0xdfUL << 28) | (ulong.MaxValue << 38);
    private const ulong Ipv6Tuple = (1UL << 44) - (1UL << 8);
    private const ulong Ipv6Compared = Ipv6Tuple | 0xcf | (0xdfUL << 48) | (ulong.MaxValue << 58);

    private readonly byte[] _memory = GC.AllocateArray<byte>((Slots + 1) * FlowSlot.SizeBytes, pinned: true);
    private readonly FlowSlot* _slots;                                      // in _memory, at the start of a cache line

    public TrainKernel()
    {
        nint memory = (nint)Unsafe.AsPointer(ref _memory[0]);
        _slots = (FlowSlot*)((memory + FlowSlot.SizeBytes - 1) & ~(nint)(FlowSlot.SizeBytes - 1));
    }

    /// <summary>What a segment is, as far as joining asks.</summary>
    private ref struct Segment
    {
        public Frame Frame;
        public byte* Bytes;                                                 // of the frame
        public byte* Ip;
        public ulong Tuple;                                                 // which bytes from Ip on are addresses and ports
        public int IpBytes;
        public int HeaderBytes;                                             // IP and TCP, options included
        public int Payload;
        public uint Flags;
        public uint Place;
        public bool IsGood;                                                 // its checksum, without looking
    }

    private enum Verdict
    {
        Right,
        Wrong,
        WrongHead,
    }

    /// <summary>
    /// Chains the followers of at most <see cref="MaxFrames"/> frames behind their heads and answers which they are, a bit for each frame.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]                              // elsewhere the JIT would not inline all that this is made of
    public ulong Couple(ReadOnlySpan<Frame> frames, PortTable ports, WorkerCounters counters)
    {
        FlowSlot* slots = _slots;
        ulong low = 0, high = 0;                                            // the slots that are of this batch
        ulong heads = 0, followers = 0;
        PortFacts? port = null;
        int portIndex = -1;
        for (int i = 0; i < frames.Length; i++)
        {
            ref FrameInfo info = ref frames[i].Info;
            FrameTraits shape = info.Traits & (FrameTraits.Ports | FrameTraits.Fragment | FrameTraits.Options);
            if (info.Protocol != IpProtocol.Tcp || shape != FrameTraits.Ports)
            {
                if ((low | high) != 0 && ClosesAll(frames[i], shape, low, high)) low = high = 0;
                continue;
            }

            if (info.IngressPort != portIndex) port = ports[portIndex = info.IngressPort];
            bool mayJoin = Read(frames[i], port!, out Segment segment);
            if ((low | high) == 0 && !mayJoin) continue;
            uint at = HomeOf(ref info);
            FlowSlot* slot = Find(slots, segment.Ip, segment.Tuple, low, high, ref at, out ulong differences);
            if (slot == null)
            {
                if (!mayJoin || at == Nowhere) continue;
                slot = slots + at;
                (low, high) = at < 64 ? (low | (1UL << (int)at), high) : (low, high | (1UL << (int)at));
            }
            else if (!mayJoin)
            {
                slot->SegmentBytes = 0;
                continue;
            }
            else if (Fits(slot, in segment, differences))
            {
                Verdict verdict = slot->HeadIsGood & segment.IsGood ? Verdict.Right : Verify(slot, segment.Frame, segment.Ip, segment.IsGood, counters);
                if (verdict == Verdict.Right) followers |= 1UL << i;
                if (verdict == Verdict.Right) heads += Join(slot, in segment);
                if (verdict != Verdict.WrongHead) continue;
            }

            Open(slot, in segment);
        }

        counters.LroSuperframes += (long)heads;
        counters.LroSegments += (long)heads + BitOperations.PopCount(followers);
        return followers;
    }

    /// <summary>The slot of a flow, or null; <paramref name="at"/> is then where one is free for it, or <see cref="Nowhere"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FlowSlot* Find(FlowSlot* slots, byte* header, ulong tuple, ulong low, ulong high, ref uint at, out ulong differences)
    {
        differences = 0;
        for (int probes = MaxProbes; probes > 0; probes--, at = (at + 1) & (Slots - 1))
        {
            if ((((at < 64 ? low : high) >> (int)at) & 1) == 0) return null;
            FlowSlot* slot = slots + at;
            differences = Differences(header, slot->Header);
            if (((differences & tuple) | (slot->Tuple ^ tuple)) == 0) return slot;
        }

        at = Nowhere;
        return null;
    }

    /// <summary>Where the search for a flow begins. The steering hash is the same for both directions and may be of addresses alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint HomeOf(ref FrameInfo info)
    {
        uint mixed = info.Hash + (((uint)info.SourcePort << 16) | info.DestinationPort);
        return (mixed * 0x9e37_79b1) >> 25;
    }

    /// <summary>Answers whether the segment may be in a train at all.</summary>
    /// <remarks>
    /// Up to 128 bytes from the IP header on are in the slot, whatever the frame's length: slots have 2 KiB and frames begin in their
    /// headroom. What stands behind the datagram is loaded with the rest but decides nothing.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Read(Frame frame, PortFacts port, out Segment segment)
    {
        ref FrameInfo info = ref frame.Info;
        int ipBytes = info.TransportOffset - info.NetworkOffset;            // without options, so it tells the families apart
        bool v6 = ipBytes == Ipv6Header;
        segment.Frame = frame;
        segment.IpBytes = ipBytes;
        segment.Bytes = frame.Pointer;
        segment.Ip = segment.Bytes + info.NetworkOffset;
        segment.Tuple = v6 ? Ipv6Tuple : Ipv4Tuple;
        uint control = Unsafe.ReadUnaligned<ushort>(segment.Ip + ipBytes + 12);
        int tcpBytes = (int)((control >> 2) & 0x3c);
        segment.HeaderBytes = ipBytes + tcpBytes;
        segment.Payload = info.DatagramLength - segment.HeaderBytes;
        segment.Flags = control >> 8;
        segment.Place = ((uint)info.NetworkOffset << 16) | info.IngressPort;
        segment.IsGood = info.Checksum == ChecksumState.Partial || (info.Checksum == ChecksumState.Good && port.BelievesChecksums);
        bool isBad = info.Checksum == ChecksumState.Bad && port.BelievesChecksums;
        uint reserved = v6 ? 0u : segment.Ip[6] & 0x80u;                    // RFC 791: must be zero
        return ((control & NeverInTrain) | reserved | info.SegmentSize) == 0 && tcpBytes >= TcpHeader && segment.Payload > 0
            && port.Coalesces && !isBad;
    }

    /// <summary>The segment is the head of a train from now on, and alone in it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Open(FlowSlot* slot, in Segment segment)
    {
        bool v6 = segment.IpBytes == Ipv6Header;
        Copy(segment.Ip, slot->Header);
        slot->Link = Vector128.Load(segment.Bytes);
        slot->Tuple = segment.Tuple;
        slot->Head = slot->Tail = segment.Frame;
        slot->HeadIp = segment.Ip;
        slot->NextSequence = SequenceOf(in segment) + (uint)segment.Payload;
        slot->Place = segment.Place;
        slot->SegmentBytes = (ushort)((segment.Flags & (Push | Fin)) != 0 ? 0 : segment.Payload);
        slot->Room = (ushort)(MaxDatagram - segment.HeaderBytes - segment.Payload);
        slot->LastId = v6 ? (ushort)0 : IdOf(segment.Ip);
        slot->IdSteps = (byte)(v6 ? 1 : (segment.Ip[6] & 0x40) != 0 ? 3 : 2);       // fixed only with DF: RFC 6864 §4.1
        slot->HeadIsGood = segment.IsGood;
    }

    /// <summary>Whether everything but the checksums lets the segment, which is of the slot's flow, join the slot's train.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Fits(FlowSlot* slot, in Segment segment, ulong differences)
    {
        bool v6 = segment.IpBytes == Ipv6Header;
        ulong compared = v6 ? Ipv6Compared : Ipv4Compared;
        if (segment.HeaderBytes < FlowSlot.HeaderBytes) compared &= ~(ulong.MaxValue << segment.HeaderBytes);
        uint headFlags = slot->Header[segment.IpBytes + 13];
        uint wrong = (slot->NextSequence ^ SequenceOf(in segment)) | (slot->Place ^ segment.Place)
            | ((headFlags ^ segment.Flags) & ~(Fin | Push | Reduced)) | (segment.Flags & Reduced);
        if (((differences & compared) | wrong) != 0) return false;
        if (segment.Payload > slot->SegmentBytes || segment.Payload > slot->Room) return false;
        if (!v6 && !IsIdNext(slot, IdOf(segment.Ip))) return false;
        return IsLinkSame(slot, in segment) && (segment.HeaderBytes <= FlowSlot.HeaderBytes || IsRestSame(slot, in segment));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsIdNext(FlowSlot* slot, ushort id)
    {
        int step = (ushort)(id - slot->LastId);
        return step <= 1 && ((slot->IdSteps >> step) & 1) != 0;
    }

    /// <summary>The Ethernet header and its tags. Without tags one vector has it, and two bytes that are the same anyhow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsLinkSame(FlowSlot* slot, in Segment segment) =>
        Vector128.Load(segment.Bytes) == slot->Link
        && (segment.Place >> 16 == EthernetHeader || AreSame(segment.Bytes, slot->HeadIp - (segment.Place >> 16), (int)(segment.Place >> 16)));

    private static bool AreSame(byte* first, byte* second, int length) =>
        new ReadOnlySpan<byte>(first, length).SequenceEqual(new ReadOnlySpan<byte>(second, length));

    /// <summary>The TCP options behind the bytes that the slot holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsRestSame(FlowSlot* slot, in Segment segment)
    {
        ulong differences = Differences(segment.Ip + FlowSlot.HeaderBytes, slot->HeadIp + FlowSlot.HeaderBytes);
        return (differences & ~(ulong.MaxValue << (segment.HeaderBytes - FlowSlot.HeaderBytes))) == 0;
    }

    /// <summary>
    /// Looks at the checksums of a head and of a segment that fits, as far as nobody has: only here, where joining depends on them. A wrong
    /// one never joins. Is it the segment's, it closes the train; is it the head's, the segment is to be the head of a train of its own.
    /// </summary>
    private static Verdict Verify(FlowSlot* slot, Frame frame, byte* ip, bool isGood, WorkerCounters counters)
    {
        if (!slot->HeadIsGood && !TransportSum.Verify(slot->Head, slot->HeadIp, counters)) return Verdict.WrongHead;
        slot->HeadIsGood = true;
        if (isGood || TransportSum.Verify(frame, ip, counters)) return Verdict.Right;
        slot->SegmentBytes = 0;
        return Verdict.Wrong;
    }

    /// <summary>Chains a segment behind the train; answers 1 when it is the first behind the head, so that there is a train, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Join(FlowSlot* slot, in Segment segment)
    {
        ulong isFirst = 0;
        ref FrameInfo head = ref slot->Head.Info;
        if (slot->Head == slot->Tail)
        {
            head.TrainFrames = 1;
            head.TrainBytes = slot->Head.Length;
            head.TrainLargest = head.DatagramLength;
            isFirst = 1;
        }

        head.TrainFrames++;
        head.TrainBytes += segment.Frame.Length;
        head.Last = segment.Frame;
        slot->Tail.Info.Next = segment.Frame;
        slot->Tail = segment.Frame;
        slot->NextSequence += (uint)segment.Payload;
        slot->Room -= (ushort)segment.Payload;
        if (segment.Payload < slot->SegmentBytes || (segment.Flags & (Push | Fin)) != 0) slot->SegmentBytes = 0;
        if (segment.IpBytes == Ipv6Header) return isFirst;
        ushort id = IdOf(segment.Ip);
        slot->IdSteps = (byte)(1 << ((id - slot->LastId) & 1));             // as it began, so it goes on
        slot->LastId = id;
        return isFirst;
    }

    /// <summary>
    /// What no segment is that may join: a fragment closes all trains, for it may be of any flow, and another frame at most its own
    /// flow's.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool ClosesAll(Frame frame, FrameTraits shape, ulong low, ulong high)
    {
        if ((shape & FrameTraits.Fragment) != FrameTraits.None) return true;
        if (frame.Info.Protocol == IpProtocol.Tcp && shape != FrameTraits.None) CloseBehindOptions(frame, low, high);
        return false;
    }

    /// <summary>A frame whose TCP header stands behind options or extension headers: it never joins, and closes its flow's train.</summary>
    private void CloseBehindOptions(Frame frame, ulong low, ulong high)
    {
        ref FrameInfo info = ref frame.Info;
        byte* ip = frame.Pointer + info.NetworkOffset;
        byte* plain = stackalloc byte[FlowSlot.HeaderBytes];                // its addresses and ports where they usually stand
        bool v6 = info.Network == NetworkKind.Ipv6;
        int ipBytes = v6 ? Ipv6Header : Ipv4Header;
        Unsafe.CopyBlockUnaligned(plain, ip, (uint)ipBytes);
        Unsafe.CopyBlockUnaligned(plain + ipBytes, frame.Pointer + info.TransportOffset, 4);
        ulong tuple = v6 ? Ipv6Tuple : Ipv4Tuple;
        uint at = HomeOf(ref info);
        FlowSlot* slot = Find(_slots, plain, tuple, low, high, ref at, out _);
        if (slot != null) slot->SegmentBytes = 0;
    }

    /// <summary>Which of 64 bytes differ, a bit each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Differences(byte* first, byte* second)
    {
        if (Vector512.IsHardwareAccelerated)
            return ~Vector512.Equals(Vector512.Load(first), Vector512.Load(second)).ExtractMostSignificantBits();
        uint low = Vector256.Equals(Vector256.Load(first), Vector256.Load(second)).ExtractMostSignificantBits();
        uint high = Vector256.Equals(Vector256.Load(first + 32), Vector256.Load(second + 32)).ExtractMostSignificantBits();
        return ~(((ulong)high << 32) | low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(byte* from, byte* to)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512.Load(from).Store(to);
            return;
        }

        Vector256.Load(from).Store(to);
        Vector256.Load(from + 32).Store(to + 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint SequenceOf(in Segment segment) =>
        BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(segment.Ip + segment.IpBytes + 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort IdOf(byte* ip) => BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ushort>(ip + 4));
}
