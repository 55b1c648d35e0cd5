namespace Appliance.Interop.Live.Drills;

/// <summary>What became of numbered datagrams. Times are nanoseconds.</summary>
/// <param name="Sent">On each way.</param>
/// <param name="Lost">Of them, those without an answer through the pair.</param>
/// <param name="LostBeside">The same over the cable beside it.</param>
/// <param name="GapFrom">When the longest time without an answer through the pair began.</param>
/// <param name="Gap">That time.</param>
/// <param name="GapBeside">The longest over the cable about the same moment: the machine's own lateness.</param>
/// <param name="WorstBeside">The same at any moment.</param>
internal readonly record struct EchoTally(int Sent, int Lost, int LostBeside, long GapFrom, long Gap, long GapBeside, long WorstBeside)
{
    /// <summary>The same with the gap of a part of the datagrams.</summary>
    public EchoTally WithGapOf(in EchoTally part) => this with { GapFrom = part.GapFrom, Gap = part.Gap, GapBeside = part.GapBeside };

    /// <summary>Of times in order, the two that are furthest apart.</summary>
    public static (long From, long Length) LongestGap(ReadOnlySpan<long> times)
    {
        (long From, long Length) longest = (times.IsEmpty ? 0 : times[0], 0);
        for (int i = 1; i < times.Length; i++)
        {
            if (times[i] - times[i - 1] > longest.Length) longest = (times[i - 1], times[i] - times[i - 1]);
        }

        return longest;
    }
}
