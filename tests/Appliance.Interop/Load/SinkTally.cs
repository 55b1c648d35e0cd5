namespace Appliance.Interop.Load;

/// <summary>What has arrived of one run.</summary>
/// <param name="Received">Frames.</param>
/// <param name="Late">Those of them that came behind a later one of their flow, or a second time.</param>
/// <param name="Seconds">Between the first and the last.</param>
/// <param name="LongestGap">Seconds without any, between two.</param>
internal readonly record struct SinkTally(int Received, int Late, double Seconds, double LongestGap)
{
    /// <summary>Frames a second.</summary>
    public double Rate => Seconds > 0 ? Received / Seconds : 0;
}
