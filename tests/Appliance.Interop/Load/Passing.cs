namespace Appliance.Interop.Load;

/// <summary>What became of one run of numbered frames.</summary>
/// <param name="Sent">Frames.</param>
/// <param name="Seconds">That the sender took.</param>
/// <param name="Arrived">At the sink.</param>
/// <param name="Lost">By the place where they ended.</param>
/// <param name="Refused">
/// What the cable to the sink would not take. Kernels of today say so to who sends, and the appliance offers the frame again; older ones do
/// not, and it is lost.
/// </param>
internal sealed record Passing(int Sent, double Seconds, SinkTally Arrived, Losses Lost, long Refused)
{
    public int Missing => Sent - Arrived.Received;

    /// <summary>Whether every missing frame is found in a counter.</summary>
    public bool IsAccountedFor => Missing >= Lost.Total && Missing <= Lost.Total + Refused;

    /// <summary>Seconds that workers, ready to run, waited for a processor meanwhile.</summary>
    public double WorkersWaited { get; init; }

    public override string ToString() =>
        $"{Sent} sent at {Sent / Seconds / 1000:F0}/ms, {Arrived.Received} arrived at {Arrived.Rate / 1000:F0}/ms, "
        + $"{Arrived.Late} late, {Missing} missing; lost: {Lost}; not taken at first: {Refused}; "
        + $"workers waited {WorkersWaited * 1000:F1} ms";
}
