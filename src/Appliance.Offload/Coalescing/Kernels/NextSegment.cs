using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Appliance.Engine;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ip;

namespace Appliance.Offload;

/// <summary>
/// What nearly every segment is: the one that its train waits for. Few loads and two branches tell; they agree with
/// <see cref="TrainRules"/>, which say what a train is. All of it is to stand in a loop without a call.
/// </summary>
internal static unsafe class NextSegment
{
    /// <summary>The bits of an info's first line that all frames of a train have in common.</summary>
    public static Vector512<byte> CommonFacts { get; } = MaskFacts();

    /// <summary>What a frame's info says that is the same in all frames of a train.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> FactsOf(ref FrameInfo info, Vector512<byte> common) =>
        Vector512.LoadUnsafe(ref Unsafe.As<FrameInfo, byte>(ref info)) & common;

    /// <summary>
    /// Whether a segment is exactly the one that a train with its facts waits for: full, and with headers as foretold. What else the rules
    /// ask for, the head has answered.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNext(Train* train, Frame frame, ref FrameInfo info)
    {
        byte* start = frame.Pointer;
        return train->Room >= 0
            && ((HeaderLayout.Differences(start, train->Start) & train->Compared0)
                | (HeaderLayout.Differences(start + Train.LineBytes, train->Start + Train.LineBytes) & train->Compared1)) == 0
            && TrainRules.CountsOf(start + info.NetworkOffset, train) == train->Next
            && frame.Length == train->FrameBytes && info.SegmentSize == 0;
    }

    /// <summary>Whether a train may take the frame without a look at the checksums of its head and of this one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsTrusted(Train* train, ref FrameInfo info) => ((train->Trusted >> (int)info.Checksum) & 1) != 0;

    /// <summary>
    /// Whether the checksum decides alone whether a frame joins, and is right. Writes and counts only that; what is wrong, or at an odd
    /// address, is for the rules to judge.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsRight(Train* train, Frame frame, ref FrameInfo info, ref int verified)
    {
        byte* from = frame.Pointer + train->SummedAt;
        if (((train->Summed >> (int)info.Checksum) & 1) == 0 || ((nint)from & 1) != 0 || !IsSumRight(train, from)) return false;
        info.Checksum = ChecksumState.Good;
        verified++;
        return true;
    }

    /// <summary>Chains a full segment behind the train, which counts it and waits for the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Chain(Train* train, Frame frame)
    {
        Frame tail = train->Tail;
        train->Tail = frame;
        (Vector256.Load(&train->Next) + train->Step).Store(&train->Next);
        tail.Info.Next = frame;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSumRight(Train* train, byte* from) =>
        InternetChecksum.IsValid(ChecksumVector512.SumLines(from, train->SummedBytes) + train->PseudoSum);

    private static Vector512<byte> MaskFacts()
    {
        var same = default(FrameInfo);
        same.NetworkOffset = same.TransportOffset = -1;
        same.Traits = FrameTraits.Ports | FrameTraits.Fragment | FrameTraits.Options;
        same.Protocol = (IpProtocol)byte.MaxValue;
        same.IngressPort = same.SourcePort = same.DestinationPort = ushort.MaxValue;
        same.Hash = uint.MaxValue;
        return FactsOf(ref same, Vector512<byte>.AllBitsSet);
    }
}
