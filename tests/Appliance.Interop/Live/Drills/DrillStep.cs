namespace Appliance.Interop.Live.Drills;

/// <summary>Something that is done to a pair, or that it does, and what it may cost.</summary>
/// <param name="Name">As it is printed.</param>
/// <param name="Master">The box that has everything afterwards.</param>
/// <param name="BarMilliseconds">The longest time without an answer, at the 99th percentile; 0: nothing may be lost.</param>
/// <param name="Happens">Does it.</param>
internal sealed record DrillStep(string Name, int Master, int BarMilliseconds, Action<DrillPair> Happens)
{
    /// <summary>It is an orderly one: nothing is lost.</summary>
    public bool IsPlanned => BarMilliseconds == 0;

    /// <summary>Whether connections outlive it; without shared states they do not.</summary>
    public bool KeepsFlows { get; init; } = true;

    /// <summary>A box wakes up that was frozen while it was master: it may hardly say anything.</summary>
    public bool Wakes { get; init; }

    public override string ToString() => Name;
}
