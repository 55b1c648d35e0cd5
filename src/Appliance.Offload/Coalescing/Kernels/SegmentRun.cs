using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Appliance.Engine;

namespace Appliance.Offload;

/// <summary>
/// Segments of one flow that come one directly behind the other, as a sender's bursts do. What their train waits for is loaded once and
/// goes on in registers: beside <see cref="NextSegment"/>, which it agrees with, half of the loads fall away, and no segment waits until
/// the one before has written what it waits for. That leaves room to sum one while the other's bytes come from the second cache.
/// </summary>
internal static unsafe class SegmentRun
{
    /// <summary>
    /// Chains frames from <paramref name="from"/> on behind the train, which has taken the one before, as long as each is exactly what it
    /// waits for and its checksum is right. Answers the place of the first that is not, or the end; that one is for others to judge.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Couple(Train* train, ReadOnlySpan<Frame> frames, int from, Vector512<byte> common, ref int verified)
    {
        int at = from, right = 0, count = frames.Length, link = train->LinkBytes, frameBytes = train->FrameBytes;
        ref Frame first = ref MemoryMarshal.GetReference(frames);
        Vector512<byte> facts = Vector512.Load(train->Facts);
        Vector512<byte> start0 = Vector512.Load(train->Start), start1 = Vector512.Load(train->Start + Train.LineBytes);
        ulong compared0 = train->Compared0, compared1 = train->Compared1;
        long next = train->Next, step = train->Step[0], room = train->Room, payload = train->SegmentBytes;
        Frame tail = train->Tail;
        for (; at < count && room >= 0; at++)
        {
            Frame frame = Unsafe.Add(ref first, at);
            ref FrameInfo info = ref frame.Info;
            if (NextSegment.FactsOf(ref info, common) != facts) break;
            byte* start = frame.Pointer;
            ulong differences = (HeaderLayout.Differences(start, start0) & compared0)
                | (HeaderLayout.Differences(start + Train.LineBytes, start1) & compared1);
            bool isNext = differences == 0 && TrainRules.CountsOf(start + link, train) == next
                && frame.Length == frameBytes && info.SegmentSize == 0;
            if (!isNext) break;
            if (!NextSegment.IsTrusted(train, ref info) && !NextSegment.IsRight(train, frame, ref info, ref right)) break;
            info.Position = at;
            tail.Info.Next = frame;
            tail = frame;
            next += step;
            room -= payload;
        }

        train->Tail = tail;
        train->Next = next;
        train->Room = room;
        train->Frames += at - from;
        train->Bytes += (long)(at - from) * frameBytes;
        verified += right;
        return at;
    }
}
