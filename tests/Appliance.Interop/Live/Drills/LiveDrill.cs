using System.Globalization;
using Appliance.Reports.Page;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Live.Drills;

/// <summary>
/// <c>make drill</c>: everything in rounds, against the bars and nothing added to them, and once more without a lane. It speaks for
/// itself; what it leaves is in out/drill.
/// </summary>
public sealed class LiveDrill
{
    private static readonly string s_folder = RepositoryFiles.PathTo("out", "drill");

    [Fact(Explicit = true)]
    public void Two_processes_fail_over_to_each_other()
    {
        using TextWriter output = StandardOutput.Open();
        try
        {
            Assert.True(RunAll(output), "the verdict is above");
        }
        catch (Exception failure)
        {
            output.WriteLine($"drill: {failure.Message}");
            throw;
        }
    }

    private static bool RunAll(TextWriter output)
    {
        DrillSize size = DrillSize.Asked;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"rounds: {size.Times}; {size.Connections} TCP connections and {size.UdpFlows} UDP flows through NAT, "
            + $"{size.DatagramsPerSecond} numbered datagrams a second"));
        List<DrillResult> results = [];
        DrillVerdict verdict;
        using (var drill = new FailoverDrill(size, hasLane: true))
        {
            Run(drill, DrillScenario.WithLane, output);
            results.AddRange(drill.Results);
            verdict = new DrillVerdict(results, size, allowanceMilliseconds: 0);
            Directory.CreateDirectory(s_folder);
            File.WriteAllBytes(Path.Combine(s_folder, "drill.html"), DrillPage.Render(drill.Facts(verdict)));
        }

        using (var alone = new FailoverDrill(size with { Times = 1 }, hasLane: false))
        {
            Run(alone, [DrillScenario.Alone], output);
            results.AddRange(alone.Results);
        }

        verdict = new DrillVerdict(results, size, allowanceMilliseconds: 0);
        string[] lines = [.. Lines(verdict)];
        File.WriteAllLines(Path.Combine(s_folder, "verdict.txt"), lines);
        foreach (string line in lines) output.WriteLine(line);
        return verdict.IsGood;
    }

    private static void Run(FailoverDrill drill, DrillScenario[] scenarios, TextWriter output)
    {
        using var picture = new LivePicture(output, StandardOutput.IsTerminal ? drill.Pair : null, drill.Size.DatagramsPerSecond);
        drill.OnStep = picture.Doing;
        drill.OnResult = result => picture.Say($"{result}");
        drill.Run(scenarios);
    }

    private static IEnumerable<string> Lines(DrillVerdict verdict) =>
    [
        "", .. verdict.Table, "",
        .. verdict.Lines.Select(line => $"{(line.IsGood ? "good" : "NOT GOOD"),-10}{line.Words}"),
        .. verdict.Notes.Select(note => $"not judged {note}"),
        "page      out/drill/drill.html",
        verdict.IsGood ? "verdict   good" : "verdict   NOT GOOD",
    ];
}
