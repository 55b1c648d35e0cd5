using System.Collections.Immutable;
using System.Diagnostics;
using Appliance.Configuration;
using Appliance.Node;
using Appliance.Reports;
using Appliance.Verbs;

namespace Appliance.Scenarios;

/// <summary>Plays one scenario: a replay of its captures, and what it expects held against what came of them.</summary>
internal static class ScenarioRun
{
    /// <summary>Whatever is wrong with the scenario is in the result, never thrown: the next one is played all the same.</summary>
    /// <param name="scenario">Where it stands.</param>
    /// <param name="change">What is done to its configuration before it is played; null: nothing.</param>
    public static ScenarioResult Of(ScenarioFolder scenario, Func<RuntimeModel, RuntimeModel>? change = null)
    {
        long started = Stopwatch.GetTimestamp();
        (ScenarioOutcome outcome, IReadOnlyList<string> lines) = Judge(scenario, change);
        return new ScenarioResult(scenario, outcome, [.. lines], Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static (ScenarioOutcome Outcome, IReadOnlyList<string> Lines) Judge(
        ScenarioFolder scenario, Func<RuntimeModel, RuntimeModel>? change)
    {
        try
        {
            return Play(scenario, change);
        }
        catch (RefusedException refused)
        {
            return (ScenarioOutcome.Refused, refused.Lines);
        }
        catch (FailedException failed)
        {
            return (ScenarioOutcome.Broken, [failed.Message]);
        }
        catch (Exception failure) when (FileFault.IsOne(failure))
        {
            return (ScenarioOutcome.Broken, [$"{scenario.File}: {failure.Message}"]);
        }
    }

    private static (ScenarioOutcome Outcome, IReadOnlyList<string> Lines) Play(
        ScenarioFolder scenario, Func<RuntimeModel, RuntimeModel>? change)
    {
        ScenarioFile file = ScenarioReader.Read(scenario.File);
        RuntimeModel model = LoadConfiguration(file, scenario.Path);
        if (change is not null) model = change(model);
        ImmutableArray<ScenarioInput> inputs = ScenarioInput.FindAll(file, scenario.Path, model);
        var packets = new ExpectedPackets(file, inputs);
        if (file.ExpectsNothing)
            throw new RefusedException($"{file.Position}: nothing is expected; write 'verdicts', 'default', 'counters' or 'outputs'");

        using var outputs = ScenarioOutputs.Open(file, scenario.Path, model);
        ReplayReport report = Replay(file, model, inputs, outputs);
        string[] beyond = [.. packets.Beyond([.. report.Inputs.Select(input => input.Error is null ? input.Frames : (long?)null)])];
        if (beyond.Length > 0) return (ScenarioOutcome.Refused, beyond);

        var expectations = new Expectations(file.File, file.Counters ?? []);
        string[] damage = [.. report.Inputs.Where(input => input.Error is not null).Select(input => $"{input.File}: {input.Error}")];
        string[] unmet =
        [
            .. report.Verdicts is { } verdicts ? VerdictCheck.Run(packets, inputs, verdicts) : [],
            .. expectations.Check(ReplayJson.Render(report, elapsedSeconds: 0)).Broken.Select(outcome => outcome.Line),
            .. outputs.Check(),
        ];
        if (damage.Length > 0) return (ScenarioOutcome.Broken, [.. damage, .. unmet]);
        return (unmet.Length > 0 ? ScenarioOutcome.Failed : ScenarioOutcome.Passed, unmet);
    }

    private static RuntimeModel LoadConfiguration(ScenarioFile file, string folder)
    {
        if (file.Config is not { } config)
            throw new RefusedException($"{file.Position}: expected the key 'config' with a configuration's file");
        string path = Path.Combine(folder, config.Text);
        if (!File.Exists(path)) throw new RefusedException($"{config.Position}: {path}: there is no such configuration");
        return ConfigurationFile.Load(path);
    }

    private static ReplayReport Replay(
        ScenarioFile file, RuntimeModel model, ImmutableArray<ScenarioInput> inputs, ScenarioOutputs outputs)
    {
        var node = new NodeOptions { Workers = file.Vcpus, Seed = file.Seed ?? new NodeOptions().Seed };
        var options = new ReplayOptions(
            RecordsVerdicts: file.Default is not null || !file.Verdicts.IsEmpty, FollowsNat: file.FollowsNat);
        using var captures = ScenarioCaptures.Open(inputs);
        using var session = new ReplaySession(model, node, options, captures.Inputs, new ReplayOutput(outputs.Streams));
        return session.Run();
    }
}
