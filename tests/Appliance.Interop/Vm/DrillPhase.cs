namespace Appliance.Interop.Vm;

/// <summary>What happened to a pair of machines, and how those who speak through it fared.</summary>
/// <param name="Name">What was done.</param>
/// <param name="From">When, in seconds since 1970.</param>
/// <param name="Until">When the next thing was done.</param>
/// <param name="Living">Sessions that live.</param>
/// <param name="GapMilliseconds">The longest that any of them had to wait for an answer.</param>
/// <param name="BarMilliseconds">What it may be; null: no one has said.</param>
internal sealed record DrillPhase(string Name, double From, double Until, int Living, int GapMilliseconds, int? BarMilliseconds)
{
    public bool IsGood(int sessions) => Living == sessions && (BarMilliseconds is not { } bar || GapMilliseconds <= bar);
}
