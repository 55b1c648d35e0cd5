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

    // The two bytes of TCP's data offset and flags as one little-endian word, and the flags alone.
    private const uint NeverInTrain = 0x260f;                               // URG, RST, SYN, and the reserved bits
    private const uint Fin = 0x01, Push = 0x08, Reduced = 0x80;             // Reduced: CWR

    /// <summary>
    /// A second frame of the flow has come: says what may join the first. That is nothing when it may not be in a train itself.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Begin(FlowSlot* slot, PortTable ports)
    {
        HeaderLayout* layout = slot->Layout;
        byte* ip = slot->HeadIp;
        byte* tcp = ip + layout->IpBytes;
        ref FrameInfo info = ref slot->Head.Info;
        PortFacts port = ports[info.IngressPort];
        bool isKnownBad = port.BelievesChecksums && info.Checksum == ChecksumState.Bad;
        Close(slot);
        if (!port.Coalesces || isKnownBad || !IsSegment(ip, layout, ref info, out int headerBytes) || (tcp[13] & (Push | Fin)) != 0) return;

        int payload = info.DatagramLength - headerBytes;
        slot->Tail = slot->Head;
        slot->Right = (byte)((1 << (int)ChecksumState.Partial) | (port.BelievesChecksums ? 1 << (int)ChecksumState.Good : 0));
        slot->Trusted = (byte)(((slot->Right >> (int)info.Checksum) & 1) != 0 ? slot->Right : 0);
        if ((tcp[13] & Reduced) != 0) slot->Headers[layout->IpBytes + 13] &= unchecked((byte)~Reduced);     // what follows is without CWR
        slot->IsIdStepOpen = layout->IdMask != 0 && (ip[6] & 0x40) != 0;    // fixed only with DF, RFC 6864 §4.1
        slot->Link = Vector128.Load(ip - info.NetworkOffset);
        slot->Compared = headerBytes < HeaderLayout.Bytes ? ~(ulong.MaxValue << headerBytes) : ulong.MaxValue;
        slot->NextSequence = SequenceOf(ip, layout) + (uint)payload;
        slot->IdStep = layout->IdMask & 1;
        slot->NextId = (IdOf(ip, layout) + 1) & layout->IdMask;
        slot->Place = PlaceOf(ref info);
        slot->HeaderBytes = headerBytes;
        slot->SegmentBytes = payload;
        slot->Room = MaxDatagram - info.DatagramLength;
    }

    /// <summary>Judges a frame by all rules, where the slot's train has begun.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TrainVerdict Judge(FlowSlot* slot, Frame frame, byte* ip, WorkerCounters counters)
    {
        ref FrameInfo info = ref frame.Info;
        HeaderLayout* layout = slot->Layout;
        if (slot->Room == 0 || !IsSegment(ip, layout, ref info, out int headerBytes)) return TrainVerdict.Begins;
        int payload = info.DatagramLength - headerBytes;
        if (!Fits(slot, ref info, ip, headerBytes, payload)) return TrainVerdict.Begins;
        TrainVerdict verdict = IsTrusted(slot, ref info) ? TrainVerdict.Joins : Verify(slot, frame, ip, counters);
        if (verdict != TrainVerdict.Joins) return verdict;
        TakeIdStep(slot, IdOf(ip, layout));
        bool ends = payload < slot->SegmentBytes || (ip[layout->IpBytes + 13] & (Push | Fin)) != 0;
        if (ends) slot->Room = slot->SegmentBytes;                          // which it takes
        return TrainVerdict.Joins;
    }

    /// <summary>Whether a frame is a segment that may be in a train at all, as far as it tells itself.</summary>
    private static bool IsSegment(byte* ip, HeaderLayout* layout, ref FrameInfo info, out int headerBytes)
    {
        uint control = Unsafe.ReadUnaligned<ushort>(ip + layout->IpBytes + 12);
        headerBytes = layout->IpBytes + (int)((control >> 2) & 0x3c);
        bool isReservedSet = layout->IdMask != 0 && (ip[6] & 0x80) != 0;    // RFC 791 §3.1: must be zero
        return (control & NeverInTrain) == 0 && headerBytes >= layout->IpBytes + TcpHeader && info.DatagramLength > headerBytes
            && !isReservedSet && info.SegmentSize == 0;
    }

    /// <summary>Whether a train may take the frame without a look at the checksums of its head and of this one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsTrusted(FlowSlot* slot, ref FrameInfo info) => ((slot->Trusted >> (int)info.Checksum) & 1) != 0;

    /// <summary>Nothing joins what came of the flow so far.</summary>
    public static void Close(FlowSlot* slot)
    {
        slot->IsFresh = false;
        slot->SegmentBytes = 1;
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
        if (IsTrusted(slot, ref frame.Info) || TransportSum.Verify(frame, ip, counters)) return TrainVerdict.Joins;
        Close(slot);
        return TrainVerdict.Stays;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint PlaceOf(ref FrameInfo info) => ((uint)info.NetworkOffset << 16) | info.IngressPort;

    /// <summary>The Ethernet header and its tags. Without tags one vector has it, and two bytes that are the same anyhow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsLinkSame(FlowSlot* slot, byte* ip, int length) =>
        Vector128.Load(ip - length) == slot->Link && (length == EthernetHeader || AreSame(ip - length, slot->HeadIp - length, length));

    /// <summary>The TCP options behind the bytes that were compared at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsRestSame(FlowSlot* slot, byte* ip)
    {
        ulong differences = Differences(ip + HeaderLayout.Bytes, slot->HeadIp + HeaderLayout.Bytes);
        return (differences & ~(ulong.MaxValue << (slot->HeaderBytes - HeaderLayout.Bytes))) == 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint SequenceOf(byte* ip, HeaderLayout* layout) =>
        BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(ip + layout->IpBytes + 4));

    /// <summary>The IPv4 identification, or 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint IdOf(byte* ip, HeaderLayout* layout) =>
        BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ushort>(ip + 4)) & layout->IdMask;

    /// <summary>Whether everything but the checksums lets a segment join its flow's train.</summary>
    private static bool Fits(FlowSlot* slot, ref FrameInfo info, byte* ip, int headerBytes, int payload)
    {
        HeaderLayout* layout = slot->Layout;
        uint flags = ip[layout->IpBytes + 13], headFlags = slot->HeadIp[layout->IpBytes + 13];
        return (Differences(ip, slot->HeadIp) & layout->JoinsBy & slot->Compared) == 0
            && ((headFlags ^ flags) & ~(Fin | Push | Reduced)) == 0 && (flags & Reduced) == 0
            && payload <= slot->SegmentBytes && payload <= slot->Room
            && SequenceOf(ip, layout) == slot->NextSequence
            && IsIdNext(slot, IdOf(ip, layout))
            && PlaceOf(ref info) == slot->Place && IsLinkSame(slot, ip, info.NetworkOffset)
            && (headerBytes <= HeaderLayout.Bytes || IsRestSame(slot, ip));
    }

    /// <summary>As the identification began to go, so it has to go on: by one, or not at all.</summary>
    private static bool IsIdNext(FlowSlot* slot, uint id) =>
        id == slot->NextId || (slot->IsIdStepOpen && id == ((slot->NextId - 1) & ushort.MaxValue));

    /// <summary>Settles how the identification goes on by that of the second segment.</summary>
    private static void TakeIdStep(FlowSlot* slot, uint id)
    {
        if (id == slot->NextId) return;
        slot->IdStep = 0;
        slot->NextId = id;
    }

    private static bool AreSame(byte* first, byte* second, int length) =>
        new ReadOnlySpan<byte>(first, length).SequenceEqual(new ReadOnlySpan<byte>(second, length));

    /// <summary>Which of 64 bytes differ, a bit each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Differences(byte* first, byte* second) =>
        ~Vector512.Equals(Vector512.Load(first), Vector512.Load(second)).ExtractMostSignificantBits();
}
