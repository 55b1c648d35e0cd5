using System.CommandLine;
using System.Globalization;
using Appliance.Drills;
using Appliance.Engine;
using Appliance.Ports.Linux;
using Appliance.Reports;
using Appliance.Reports.Page;
using Appliance.Simulation;
using Appliance.Threads;

namespace Appliance.Verbs;

/// <summary><c>drill</c>: two simulated appliances, everything that may go wrong, and a judge.</summary>
internal sealed class DrillVerb
{
    public static readonly string[] Examples = ["drill --seed 1 --runs 100", "drill --seed 17 --runs 1"];

    private const int DefaultRuns = 100, MaxRuns = 100_000_000, DefaultSeconds = 30;
    private const int Chunk = 128;                                      // drills between two looks

    private readonly Option<ulong> _seed = new("--seed")
    {
        Description = "Of the first drill; the next has the next.",
        HelpName = "S",
        DefaultValueFactory = _ => 1,
        CustomParser = result => (ulong)Number(result, "--seed", 0, long.MaxValue),
    };

    private readonly Option<int> _runs = Counted("--runs", "How many drills.", DefaultRuns, 1, MaxRuns);

    private readonly Option<int> _seconds =
        Counted("--seconds", "How long each lasts, on its own clock.", DefaultSeconds, Drill.LeastSeconds, Drill.MostSeconds);

    private readonly Option<string?> _resume = new Option<string?>("--resume")
    {
        Description = "Keep here how far it has come until it is done, and go on from there.",
        HelpName = "FILE",
    }.NeverEmpty();

    private readonly Option<string?> _report = new Option<string?>("--report")
    {
        Description = "Draw the drill, with --runs 1, or else the first that fails, or the last, as one page.",
        HelpName = "FILE.html",
    }.NeverEmpty();

    private readonly Option<bool> _json = CommonOptions.Json();

    public static Command Build()
    {
        var verb = new DrillVerb();
        var command = new Command("drill", "Simulate failover drills of a pair; one alone is told in full.")
        {
            verb._seed, verb._runs, verb._seconds, verb._resume, verb._report, verb._json,
        };
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        ulong seed = parsed.GetValue(_seed);
        int runs = parsed.GetValue(_runs), seconds = parsed.GetValue(_seconds);
        DrillProgress? resume = parsed.GetValue(_resume) is { } path ? new DrillProgress(path, seed, seconds, DrillBuild.Identity) : null;
        var sums = new DrillSums();
        using ReportFile? report = parsed.GetValue(_report) is { } file ? new ReportFile(_report.Name, file) : null;
        MonotonicTime begin = WorkerThreads.Now;
        bool isOfAnotherBuild = false;
        long done = resume?.Read(out isOfAnotherBuild) ?? 0;
        if (isOfAnotherBuild) ErrorOutput.Print($"--resume {parsed.GetValue(_resume)}: another build has written it; the row begins anew");
        DrillOutcome? last = null;
        Action<int>? progress = Progress.OfSteps("drilled", runs);
        while (done < runs)
        {
            foreach (DrillOutcome outcome in Together(seed + (ulong)done, (int)Math.Min(Chunk, runs - done), seconds))
            {
                sums.Add(outcome);
                if (!outcome.IsPassed && runs > Chunk) ErrorOutput.Print($"drill {outcome.Seed} failed; the others go on");
                last = outcome;
                done++;
            }

            progress?.Invoke((int)done);
            if (sums.Failed == 0) resume?.Write(done);                  // what failed is to fail again
        }

        if (sums.Failed == 0 && done == runs) resume?.Forget();
        ulong drawn = sums.Failures.Count > 0 ? sums.Failures[0].Seed : last?.Seed ?? seed;
        if (report?.TryWrite(Draw(drawn, seconds)) is { } unwritten) throw new FailedException(unwritten);
        double elapsed = (WorkerThreads.Now - begin) / 1e9;
        if (parsed.GetValue(_json))
        {
            Console.Write(DrillJson.Render(sums, seed, seconds, elapsed));
        }
        else
        {
            if (runs == 1 && last is { IsPassed: true }) Console.Write(DrillText.Whole(last, seconds));
            foreach (DrillOutcome failure in sums.Failures) Console.Write(DrillText.Whole(failure, seconds));
            Console.Write(DrillText.Summary(sums, seed, seconds, elapsed));
        }

        return sums.Failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>It is the same once more.</summary>
    private static byte[] Draw(ulong seed, int seconds) =>
        DrillPage.Render(DrillFacts.Of(Drill.Record(seed, seconds, MappedMemory.HugePages.Sparse), seconds));

    /// <summary>Side by side on all processors; each is a world of its own.</summary>
    private static DrillOutcome[] Together(ulong first, int count, int seconds)
    {
        var outcomes = new DrillOutcome[count];
        var all = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };      // the pool would add ever more
        Parallel.For(0, count, all, run => outcomes[run] = Drill.Run(first + (ulong)run, seconds, MappedMemory.HugePages.Sparse));
        return outcomes;
    }

    private static Option<int> Counted(string name, string description, int unless, int least, int most) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => unless,
        CustomParser = result => (int)Number(result, name, least, most),
    };

    private static long Number(System.CommandLine.Parsing.ArgumentResult result, string name, long least, long most)
    {
        string text = result.Tokens[0].Value;
        bool good = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number);
        if (!good || number < least || number > most) result.AddError($"{name} {text}: expected a number from {least} to {most}");
        return number;
    }
}
