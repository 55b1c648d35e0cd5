namespace Appliance.Fuzz;

/// <summary>What to run.</summary>
public sealed record FuzzOptions
{
    /// <summary>Frames, captures or configurations to make; frames are made in bursts of 64.</summary>
    public long Count { get; init; } = 1_000_000;

    public ulong Seed { get; init; } = 1;

    /// <summary>Workers of every appliance; null: as many as its recipe says.</summary>
    public int? Workers { get; init; }

    /// <summary>Only this round, as a failure names it; null: as many as <see cref="Count"/> needs.</summary>
    public long? Round { get; init; }

    /// <summary>Whose captures are seeds, besides the frames made by hand.</summary>
    public IReadOnlyList<string> CaptureFolders { get; init; } = [];

    /// <summary>Something to be done wrong on purpose, once: a run that holds then checks nothing.</summary>
    public Canary Canary { get; init; }

    /// <summary>Where a failing burst's capture or a failing input is written.</summary>
    public string OutputFolder { get; init; } = ".";
}
