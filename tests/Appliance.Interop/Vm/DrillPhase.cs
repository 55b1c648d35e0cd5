namespace Appliance.Interop.Vm;

/// <summary>What happened to a pair of machines, and how those who speak through it fared.</summary>
/// <param name="Name">What was done.</param>
/// <param name="From">When, in seconds since 1970.</param>
/// <param name="Until">When the next thing was done.</param>
/// <param name="Living">Sessions that live.</param>
/// <param name="GapMilliseconds">The longest that any of them had to wait for an answer.</param>
/// <param name="BarMilliseconds">What it may be.</param>
/// <param name="StarvedMilliseconds">The most that a machine had to wait for a processor of its host within a second.</param>
/// <param name="OthersPercent">Of the host's processors: what programs had that are not the drill's.</param>
internal sealed record DrillPhase(
    string Name, double From, double Until, int Living, int GapMilliseconds, int BarMilliseconds, int StarvedMilliseconds,
    int OthersPercent)
{
    /// <summary>Of each second a machine must have had the most: with less it does nothing in time, whatever it is.</summary>
    public const int MostStarvedMilliseconds = 300;

    /// <summary>What a host does anyway.</summary>
    public const int MostOthersPercent = 15;

    /// <summary>
    /// Whether its gap says anything: not where others kept the machines from their host's processors. That the drill itself needs more
    /// than there is excuses nothing, and sessions are judged always.
    /// </summary>
    public bool IsJudged => StarvedMilliseconds <= MostStarvedMilliseconds || OthersPercent <= MostOthersPercent;

    public bool IsGood(int sessions) => Living == sessions && (!IsJudged || GapMilliseconds <= BarMilliseconds);

    /// <summary>As a line.</summary>
    /// <param name="sessions">That are to live.</param>
    public string TextFor(int sessions) =>
        FormattableString.Invariant($"{Name,-28} {Living,4} of {sessions} sessions, longest wait {GapMilliseconds,5} ms, ")
        + FormattableString.Invariant($"bar {BarMilliseconds}, host late {StarvedMilliseconds} ms a second, ")
        + FormattableString.Invariant($"{OthersPercent} % for others: {VerdictFor(sessions)}");

    private string VerdictFor(int sessions) => !IsGood(sessions) ? "NOT GOOD" : IsJudged ? "good" : "gap not judged";
}
