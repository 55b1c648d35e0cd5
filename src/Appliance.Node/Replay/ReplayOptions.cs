namespace Appliance.Node;

/// <summary>How captures become bursts, and what is kept beside the accounts.</summary>
/// <param name="BurstFrames">Frames that may enter in one breath, 1 to <see cref="MaxBurstFrames"/>.</param>
/// <param name="BurstMicroseconds">How far behind the first of a burst the last may be.</param>
/// <param name="RecordsVerdicts">Whether the report says what became of each record.</param>
/// <param name="FollowsNat">
/// Whether answers go to the endpoint that the appliance has chosen, for captures that were recorded without translation.
/// </param>
/// <param name="ReadsStates">Whether the report has the states that are there at the end.</param>
/// <param name="RunsTimers">Whether CARP and its lane run by the captures' clock, instead of standing still as masters.</param>
public sealed record ReplayOptions(
    int BurstFrames = ReplayOptions.MaxBurstFrames, int BurstMicroseconds = 50, bool RecordsVerdicts = false, bool FollowsNat = false,
    bool ReadsStates = false, bool RunsTimers = false)
{
    public const int MaxBurstFrames = 64;
    public const int MaxBurstMicroseconds = 1_000_000;
}
