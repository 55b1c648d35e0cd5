using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Appliance.Engine;

namespace Appliance.Offload;

/// <summary>
/// What may join a train, in full. All of it keeps the train reversible: whoever cuts one large segment into segments as long as its first
/// gets back what came. Two segments join that have the same addresses, ports, Ethernet header, tags and ingress port, all IP fields but
/// length, identification and checksum, the same acknowledgment, window, urgent pointer and options, and follow one another in sequence; a
/// shorter one, FIN and PSH end the train, CWR only begins one.
/// </summary>
internal static unsafe class TrainRules
{
    private const int TcpHeader = 20, EthernetHeader = 14, MaxDatagram = 65_535;
    private const int Nowhere = -2;                                         // no port, and not fresh

    // The two bytes of TCP's data offset and flags as one little-endian word, and the flags alone.
    private const uint NeverInTrain = 0x260f;                               // URG, RST, SYN, and the reserved bits
    private const uint Fin = 0x01, Push = 0x08, Reduced = 0x80;             // Reduced: CWR

    /// <summary>Judges a frame by all rules, whose flow has one before it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TrainVerdict Judge(FlowSlot* slot, Frame frame, byte* ip, PortTable ports, WorkerCounters counters)
    {
        if (slot->Port == FlowSlot.Fresh) Begin(slot, ports);
        HeaderLayout* layout = slot->Layout;
        if (slot->Room == 0 || !IsSegment(ip, layout, frame, out int headerBytes)) return TrainVerdict.Begins;
        int payload = frame.Info.DatagramLength - headerBytes;
        if (!Fits(slot, frame, ip, payload)) return TrainVerdict.Begins;
        TrainVerdict verdict = IsTrusted(slot, frame) ? TrainVerdict.Joins : Verify(slot, frame, ip, counters);
        if (verdict != TrainVerdict.Joins) return verdict;
        TakeIdStep(slot, CountsOf(ip, layout));
        bool ends = payload < slot->SegmentBytes || (ip[layout->IpBytes + 13] & (Push | Fin)) != 0;
        if (ends) slot->Room = slot->SegmentBytes;                          // which it takes
        return TrainVerdict.Joins;
    }

    /// <summary>
    /// A second frame of the flow has come: says what may join the first. That is nothing when it may not be in a train itself.
    /// </summary>
    private static void Begin(FlowSlot* slot, PortTable ports)
    {
        HeaderLayout* layout = slot->Layout;
        byte* ip = slot->HeadIp;
        Frame head = slot->Head;
        PortFacts port = ports[head.Info.IngressPort];
        uint flags = ip[layout->IpBytes + 13];
        bool isKnownBad = port.BelievesChecksums && head.Info.Checksum == ChecksumState.Bad;
        Close(slot);
        if (!port.Coalesces || isKnownBad || !IsSegment(ip, layout, head, out int headerBytes) || (flags & (Push | Fin)) != 0) return;

        int payload = head.Info.DatagramLength - headerBytes;
        slot->Port = port.Index;
        slot->Right = (byte)((1 << (int)ChecksumState.Partial) | (port.BelievesChecksums ? 1 << (int)ChecksumState.Good : 0));
        slot->Trusted = (byte)(((slot->Right >> (int)head.Info.Checksum) & 1) != 0 ? slot->Right : 0);
        slot->IsIdStepOpen = layout->IdMask != 0 && (ip[6] & 0x40) != 0;    // fixed only with DF, RFC 6864 §4.1
        slot->Link = Vector128.Load(ip - head.Info.NetworkOffset);
        slot->Compared = headerBytes < HeaderLayout.Bytes ? ~(ulong.MaxValue << headerBytes) : ulong.MaxValue;
        slot->Tail = head;
        slot->Step = ((ulong)payload << 32) | (layout->IdMask & 1);
        slot->Next = CountsOf(ip, layout) + slot->Step;
        slot->LinkBytes = head.Info.NetworkOffset;
        slot->HeaderBytes = headerBytes;
        slot->IsPlain = head.Info.NetworkOffset == EthernetHeader && headerBytes <= HeaderLayout.Bytes;
        slot->SegmentBytes = payload;
        slot->Room = MaxDatagram - head.Info.DatagramLength;
        if ((flags & Reduced) != 0) slot->Headers[layout->IpBytes + 13] = (byte)(flags & ~Reduced);         // what follows is without CWR
    }

    /// <summary>Whether a frame is a segment that may be in a train at all, as far as it tells itself.</summary>
    private static bool IsSegment(byte* ip, HeaderLayout* layout, Frame frame, out int headerBytes)
    {
        uint control = Unsafe.ReadUnaligned<ushort>(ip + layout->IpBytes + 12);
        headerBytes = layout->IpBytes + (int)((control >> 2) & 0x3c);
        bool isReservedSet = layout->IdMask != 0 && (ip[6] & 0x80) != 0;    // RFC 791 §3.1: must be zero
        return (control & NeverInTrain) == 0 && headerBytes >= layout->IpBytes + TcpHeader && frame.Info.DatagramLength > headerBytes
            && !isReservedSet && frame.Info.SegmentSize == 0;
    }

    /// <summary>Whether a train may take the frame without a look at the checksums of its head and of this one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsTrusted(FlowSlot* slot, Frame frame) => ((slot->Trusted >> (int)frame.Info.Checksum) & 1) != 0;

    /// <summary>Nothing joins what came of the flow so far.</summary>
    public static void Close(FlowSlot* slot)
    {
        slot->Port = Nowhere;
        slot->Room = 0;
    }

    /// <summary>
    /// Looks at the checksums of a head and of a frame that fits, as far as nobody has: only here, where joining depends on them. A wrong
    /// one never joins. Is it the frame's, it closes the train; is it the head's, the frame may be the head of a train of its own.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TrainVerdict Verify(FlowSlot* slot, Frame frame, byte* ip, WorkerCounters counters)
    {
        bool isPortBelieved = ((slot->Right >> (int)ChecksumState.Good) & 1) != 0;
        if (isPortBelieved && frame.Info.Checksum == ChecksumState.Bad) return TrainVerdict.Begins;        // and nothing will join it
        if (slot->Trusted == 0 && !TransportSum.Verify(slot->Head, slot->HeadIp, counters)) return TrainVerdict.Begins;
        slot->Trusted = slot->Right;
        if (IsTrusted(slot, frame) || TransportSum.Verify(frame, ip, counters)) return TrainVerdict.Joins;
        Close(slot);
        return TrainVerdict.Stays;
    }

    /// <summary>
    /// The Ethernet header, of a frame whose IP header begins where the head's does: one vector has it, and two bytes that are the same
    /// anyhow.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsLinkStartSame(FlowSlot* slot, byte* ip) => Vector128.Load(ip - slot->LinkBytes) == slot->Link;

    /// <summary>What frames have that are not plain: tags, and TCP options behind the bytes that were compared at once.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool IsRestSame(FlowSlot* slot, byte* ip)
    {
        int link = slot->LinkBytes;
        if (!new ReadOnlySpan<byte>(ip - link, link).SequenceEqual(new ReadOnlySpan<byte>(slot->HeadIp - link, link))) return false;
        if (slot->HeaderBytes <= HeaderLayout.Bytes) return true;
        ulong differences = Differences(ip + HeaderLayout.Bytes, slot->HeadIp + HeaderLayout.Bytes);
        return (differences & ~(ulong.MaxValue << (slot->HeaderBytes - HeaderLayout.Bytes))) == 0;
    }

    /// <summary>What counts from segment to segment: the sequence number in the upper half, the IPv4 identification in the lower.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong CountsOf(byte* ip, HeaderLayout* layout)
    {
        uint sequence = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(ip + layout->IpBytes + 4));
        uint id = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ushort>(ip + 4)) & layout->IdMask;
        return ((ulong)sequence << 32) | id;
    }

    /// <summary>Whether everything but the checksums lets a segment join its flow's train.</summary>
    private static bool Fits(FlowSlot* slot, Frame frame, byte* ip, int payload)
    {
        HeaderLayout* layout = slot->Layout;
        uint flags = ip[layout->IpBytes + 13], headFlags = slot->HeadIp[layout->IpBytes + 13];
        return (Differences(ip, slot->HeadIp) & layout->JoinsBy & slot->Compared) == 0
            && ((headFlags ^ flags) & ~(Fin | Push | Reduced)) == 0 && (flags & Reduced) == 0
            && payload <= slot->SegmentBytes && payload <= slot->Room
            && AreCountsNext(slot, CountsOf(ip, layout))
            && frame.Info.IngressPort == slot->Port
            && frame.Info.NetworkOffset == slot->LinkBytes && IsLinkStartSame(slot, ip)
            && (slot->IsPlain || IsRestSame(slot, ip));
    }

    /// <summary>The sequence goes on; the identification as it began to go: by one, modulo 2^16, or not at all.</summary>
    private static bool AreCountsNext(FlowSlot* slot, ulong counts)
    {
        int step = (ushort)(counts - slot->Next);                           // beyond what was foretold
        return counts >> 32 == slot->Next >> 32 && (step == 0 || (slot->IsIdStepOpen && step == ushort.MaxValue));
    }

    /// <summary>Settles how the identification goes on by that of the second segment, and takes it back to 16 bits.</summary>
    private static void TakeIdStep(FlowSlot* slot, ulong counts)
    {
        if ((ushort)counts != (ushort)slot->Next) slot->Step &= ~1UL;
        slot->Next = counts;
    }

    /// <summary>Which of 64 bytes differ, a bit each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Differences(byte* first, byte* second) =>
        ~Vector512.Equals(Vector512.Load(first), Vector512.Load(second)).ExtractMostSignificantBits();
}
