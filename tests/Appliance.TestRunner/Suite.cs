namespace Appliance.TestRunner;

/// <summary>Tests that one process runs, writing a result file.</summary>
/// <param name="Name">As printed, and the stem of its files under artifacts/test-results.</param>
/// <param name="Program">Absolute path of the executable.</param>
/// <param name="Arguments">Its arguments; <see cref="ResultFileArgument"/> stands for the path of the result file.</param>
/// <param name="SkipReason">Why it cannot run here; null when it can.</param>
public sealed record Suite(string Name, string Program, IReadOnlyList<string> Arguments, string? SkipReason)
{
    public const string ResultFileArgument = "{results}";

    /// <summary>It mostly waits: for wires, timers and other programs.</summary>
    public bool Waits => Name.EndsWith(".Interop", StringComparison.Ordinal);
}
