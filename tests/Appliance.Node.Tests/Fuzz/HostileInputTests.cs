using System.Diagnostics;
using System.Reflection;
using Appliance.Fuzz;
using Appliance.Fuzz.Running;
using Appliance.Fuzz.Seeds;
using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>
/// Appliance.Fuzz in the size of a test. What it prints, its seed and how to see a failure again are in the test's output.
/// </summary>
public sealed class HostileInputTests(ITestOutputHelper output)
{
    private const long CanaryFrames = 16_384;

    /// <summary>Code made for debugging boxes here and there.</summary>
    private static readonly bool IsOptimized =
        typeof(ApplianceNode).Assembly.GetCustomAttribute<DebuggableAttribute>() is not { IsJITOptimizerDisabled: true };

    [Fact]
    public void Mutated_frames_end_as_the_slow_twin_says_and_every_buffer_is_back_in_its_pool()
    {
        FuzzOutcome outcome = Run(FrameFuzz.Run, new FuzzOptions { Count = TestSize.Of(100_000, 3_000_000, 100_000_000) });
        Assert.True(outcome.Held);
        Assert.Empty(outcome.NeverHit);
        if (IsOptimized) Assert.InRange(outcome.AllocatedBytes, 0, 100_000);        // what is made once; nothing for each frame
    }

    [Theory]
    [InlineData(Canary.FlippedBit, "; sent: ")]
    [InlineData(Canary.LostFrame, "1 frames of worker 0's pool are not back")]
    [InlineData(Canary.SkewedAccounts, " consumed, expected ")]
    public void What_is_done_wrong_on_purpose_is_noticed(Canary canary, string said)
    {
        FuzzOutcome outcome = Run(FrameFuzz.Run, new FuzzOptions { Count = CanaryFrames, Canary = canary }, out string text);
        Assert.False(outcome.Held);
        Assert.Contains("FAILED in burst 100 ", text, StringComparison.Ordinal);
        Assert.Contains(said, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_captures_are_read_up_to_the_damage() =>
        Assert.True(Run(CaptureFuzz.Run, new FuzzOptions { Count = TestSize.Of(5_000, 100_000, 2_000_000) }).Held);

    [Fact]
    public void Broken_configurations_are_answered_with_errors() =>
        Assert.True(Run(ConfigurationFuzz.Run, new FuzzOptions { Count = TestSize.Of(300, 3_000, 50_000) }).Held);

    private FuzzOutcome Run(Func<FuzzOptions, TextWriter, FuzzOutcome> run, FuzzOptions options) => Run(run, options, out _);

    private FuzzOutcome Run(Func<FuzzOptions, TextWriter, FuzzOutcome> run, FuzzOptions options, out string text)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "fuzz");
        using var writer = new StringWriter();
        writer.WriteLine($"seed: {options.Seed}");
        FuzzOutcome outcome = run(options with { CaptureFolders = SeedCorpus.UsualFolders, OutputFolder = folder }, writer);
        text = writer.ToString();
        output.WriteLine(text);
        return outcome;
    }
}
