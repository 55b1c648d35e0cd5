using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Appliance.Engine;
using Appliance.Wire.Checksums;

namespace Appliance.Offload;

/// <summary>
/// What may join a train, in full. All of it keeps the train reversible: whoever cuts one large segment into segments as long as its first
/// gets back what came. Two segments join that have the same addresses, ports, Ethernet header, tags and ingress port, all IP fields but
/// length, identification and checksum, the same acknowledgment, window, urgent pointer and options, and follow one another in sequence; a
/// shorter one, FIN and PSH end the train, CWR only begins one.
/// </summary>
internal static unsafe class TrainRules
{
    private const int TcpHeader = 20, MaxDatagram = 65_535;

    // The two bytes of TCP's data offset and flags as one little-endian word, and the flags alone.
    private const uint NeverInTrain = 0x260f;                               // URG, RST, SYN, and the reserved bits
    private const uint Fin = 0x01, Push = 0x08, Reduced = 0x80;             // Reduced: CWR

    /// <summary>
    /// A second frame of a flow has come: says in <paramref name="train"/> what may join the first. False, if nothing: the first may not be
    /// in a train itself.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool TryBegin(Train* train, Frame head, byte* ip, HeaderLayout* layout, PortTable ports)
    {
        PortFacts port = ports[head.Info.IngressPort];
        uint flags = ip[layout->IpBytes + 13];
        bool isKnownBad = port.BelievesChecksums && head.Info.Checksum == ChecksumState.Bad;
        if (!port.Coalesces || isKnownBad || !IsSegment(ip, layout, head, out int headerBytes) || (flags & (Push | Fin)) != 0) return false;

        train->Head = train->Tail = head;
        train->HeadIp = ip;
        train->Layout = layout;
        train->SequenceAt = layout->IpBytes + 4;
        train->IdMask = layout->IdMask;
        train->IsIdStepOpen = layout->IdMask != 0 && (ip[6] & 0x40) != 0;   // fixed only with DF, RFC 6864 §4.1
        Compare(train, headerBytes);
        Count(train, headerBytes);
        TrustAsPort(train, port);
        return true;
    }

    /// <summary>
    /// Writes what is compared with the head at once. Where that would not be all there is to compare, nothing is equal to it, and every
    /// frame is judged by all rules.
    /// </summary>
    private static void Compare(Train* train, int headerBytes)
    {
        HeaderLayout* layout = train->Layout;
        ref FrameInfo info = ref train->Head.Info;
        int link = info.NetworkOffset, bytes = link + headerBytes;
        train->LinkBytes = link;
        train->HeaderBytes = headerBytes;
        bool isAll = bytes <= Train.StartBytes;
        NextSegment.FactsOf(ref info, isAll ? NextSegment.CommonFacts : Vector512<byte>.AllBitsSet).Store(train->Facts);
        if (!isAll) return;                                                 // facts with an address of a slot in them are no other's

        byte* start = train->HeadIp - link;
        Vector512.Load(start).Store(train->Start);
        Vector512.Load(start + Train.LineBytes).Store(train->Start + Train.LineBytes);
        int flagsAt = link + layout->IpBytes + 13;
        if ((start[flagsAt] & Reduced) != 0) train->Start[flagsAt] &= unchecked((byte)~Reduced);            // what follows is without CWR
        UInt128 same = (new UInt128(ulong.MaxValue, layout->Same) << link) | ((UInt128.One << link) - 1);
        same &= UInt128.MaxValue >> (Train.StartBytes - bytes);
        train->Compared0 = (ulong)same;
        train->Compared1 = (ulong)(same >> Train.LineBytes);
    }

    private static void Count(Train* train, int headerBytes)
    {
        Frame head = train->Head;
        int payload = head.Info.DatagramLength - headerBytes;
        train->FrameBytes = head.Length;
        train->SegmentBytes = payload;
        train->Step = Vector256.Create(((long)payload << 32) | (train->IdMask & 1), -payload, 1, head.Length);
        train->Next = CountsOf(train->HeadIp, train) + train->Step[0];
        train->Room = MaxDatagram - head.Info.DatagramLength - payload;
        train->Frames = 1;
        train->Bytes = head.Length;
    }

    /// <summary>Writes what is to be thought of checksums that came by this port.</summary>
    private static void TrustAsPort(Train* train, PortFacts port)
    {
        HeaderLayout* layout = train->Layout;
        ref FrameInfo info = ref train->Head.Info;
        train->SummedAt = train->LinkBytes + layout->AddressesAt;
        train->SummedBytes = info.DatagramLength - layout->AddressesAt;
        train->PseudoSum = TransportSum.PseudoSum(info.DatagramLength - layout->IpBytes);
        train->Right = (byte)(Bit(ChecksumState.Partial) | (port.BelievesChecksums ? Bit(ChecksumState.Good) : 0));
        train->Trusted = train->Summed = 0;
        if ((train->Right & Bit(info.Checksum)) != 0) Trust(train);
    }

    /// <summary>Judges a frame by all rules, whose flow's last began the train.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TrainVerdict Judge(Train* train, Frame frame, byte* ip, WorkerCounters counters)
    {
        HeaderLayout* layout = train->Layout;
        if (!IsSegment(ip, layout, frame, out int headerBytes)) return TrainVerdict.Begins;
        int payload = frame.Info.DatagramLength - headerBytes;
        if (!Fits(train, frame, ip, payload)) return TrainVerdict.Begins;
        TrainVerdict verdict = NextSegment.IsTrusted(train, ref frame.Info) ? TrainVerdict.Joins : Verify(train, frame, ip, counters);
        if (verdict != TrainVerdict.Joins) return verdict;
        Join(train, frame, CountsOf(ip, train));
        bool ends = payload < train->SegmentBytes || (ip[layout->IpBytes + 13] & (Push | Fin)) != 0;
        return ends ? TrainVerdict.Ends : TrainVerdict.Joins;
    }

    /// <summary>
    /// Chains a frame behind the train that is not a full segment or the second, and settles how the identification goes on by that of the
    /// second.
    /// </summary>
    private static void Join(Train* train, Frame frame, long counts)
    {
        if ((ushort)counts != (ushort)train->Next) train->Step &= Vector256.Create(~1L, -1, -1, -1);
        train->IsIdStepOpen = false;
        train->Next = counts + train->Step[0];
        train->Room -= train->SegmentBytes;
        train->Frames++;
        train->Bytes += frame.Length;
        train->Tail.Info.Next = frame;
        train->Tail = frame;
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

    /// <summary>The head's checksum is right: from now on those of others decide.</summary>
    private static void Trust(Train* train)
    {
        train->Trusted = train->Right;
        int summed = Bit(ChecksumState.Unknown) | (IsPortBelieved(train) ? 0 : Bit(ChecksumState.Good) | Bit(ChecksumState.Bad));
        train->Summed = (byte)(train->SummedBytes >= ChecksumVector512.MinLineBytes ? summed : 0);
    }

    private static bool IsPortBelieved(Train* train) => (train->Right & Bit(ChecksumState.Good)) != 0;

    private static int Bit(ChecksumState state) => 1 << (int)state;

    /// <summary>
    /// Looks at the checksums of a head and of a frame that fits, as far as nobody has: only here, where joining depends on them. A wrong
    /// one never joins. Is it the frame's, it closes the train; is it the head's, the frame may be the head of a train of its own.
    /// </summary>
    public static TrainVerdict Verify(Train* train, Frame frame, byte* ip, WorkerCounters counters)
    {
        if (IsPortBelieved(train) && frame.Info.Checksum == ChecksumState.Bad) return TrainVerdict.Begins; // and nothing will join it
        if (train->Trusted == 0 && !TransportSum.Verify(train->Head, train->HeadIp, train->Layout, counters)) return TrainVerdict.Begins;
        Trust(train);
        bool isRight = NextSegment.IsTrusted(train, ref frame.Info) || TransportSum.Verify(frame, ip, train->Layout, counters);
        return isRight ? TrainVerdict.Joins : TrainVerdict.Stays;
    }

    /// <summary>
    /// Whether Ethernet header, tags and the TCP options behind the first 64 bytes are the head's, of a frame whose IP header begins where
    /// the head's does.
    /// </summary>
    private static bool IsRestSame(Train* train, byte* ip)
    {
        int link = train->LinkBytes;
        if (!new ReadOnlySpan<byte>(ip - link, link).SequenceEqual(new ReadOnlySpan<byte>(train->HeadIp - link, link))) return false;
        if (train->HeaderBytes <= Train.LineBytes) return true;
        ulong differences = HeaderLayout.Differences(ip + Train.LineBytes, train->HeadIp + Train.LineBytes);
        return (differences & HeaderLayout.First(train->HeaderBytes - Train.LineBytes)) == 0;
    }

    /// <summary>What counts from segment to segment: the sequence number in the upper half, the IPv4 identification in the lower.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long CountsOf(byte* ip, Train* train)
    {
        uint sequence = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(ip + train->SequenceAt));
        uint id = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ushort>(ip + 4)) & train->IdMask;
        return ((long)sequence << 32) | id;
    }

    /// <summary>Whether everything but the checksums lets a segment join its flow's train.</summary>
    private static bool Fits(Train* train, Frame frame, byte* ip, int payload)
    {
        HeaderLayout* layout = train->Layout;
        uint flags = ip[layout->IpBytes + 13], headFlags = train->HeadIp[layout->IpBytes + 13];
        return payload <= train->SegmentBytes && payload <= train->Room + train->SegmentBytes
            && (HeaderLayout.Differences(ip, train->HeadIp) & layout->JoinsBy & HeaderLayout.First(train->HeaderBytes)) == 0
            && ((headFlags ^ flags) & ~(Fin | Push | Reduced)) == 0 && (flags & Reduced) == 0
            && AreCountsNext(train, CountsOf(ip, train))
            && frame.Info.IngressPort == train->Head.Info.IngressPort
            && frame.Info.NetworkOffset == train->LinkBytes && IsRestSame(train, ip);
    }

    /// <summary>The sequence goes on; the identification as it began to go: by one, modulo 2^16, or not at all.</summary>
    private static bool AreCountsNext(Train* train, long counts)
    {
        int step = (ushort)(counts - train->Next);                          // beyond what was foretold
        return counts >> 32 == train->Next >> 32 && (step == 0 || (train->IsIdStepOpen && step == ushort.MaxValue));
    }
}
