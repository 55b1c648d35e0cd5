using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Appliance.Configuration;
using Appliance.Node;
using Appliance.Reports;
using Appliance.Reports.Page;

namespace Appliance.Verbs;

/// <summary><c>replay</c>: captures in, the whole path on every frame, captures and a report out.</summary>
internal sealed class ReplayVerb
{
    public static readonly string[] Examples =
    [
        "replay --config my.yaml --in lan=lan.pcap --in wan=wan.pcap --out sent",
        "replay --config my.yaml --in lan,wan=both-ways.pcap --out sent",
        "replay --config nat.yaml --in lan,wan=both-ways.pcap --follow-nat --out sent",
        "replay --config my.yaml --in lan=lan.pcap --json",
        "replay --config my.yaml --in lan=lan.pcap --log blocked.csv",
    ];

    private readonly Option<string> _config = CommonOptions.Config();
    private readonly Option<string[]> _in = new("--in")
    {
        Description =
            "A capture (pcap or pcapng) that arrives at PORT; at PORT,PORT each frame enters where its source is routed to. " +
            "Repeatable: captures merge by their timestamps, those of one port too.",
        HelpName = "PORT=FILE",
        Required = true,
    };

    private readonly Option<string?> _out =
        new Option<string?>("--out") { Description = "Write what each port sends to DIR/PORT.pcap.", HelpName = "DIR" }.NeverEmpty();

    private readonly Option<int?> _vcpus = CommonOptions.Vcpus();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<bool> _strictMac = CommonOptions.StrictMac();
    private readonly Option<string?> _burst = new("--burst")
    {
        Description = "Frames that enter in one breath, and within how many microseconds of the first (64,50).",
        HelpName = "N[,MICROSECONDS]",
    };

    private readonly Option<bool> _followNat = new("--follow-nat")
    {
        Description = "Send answers to the address and port that the appliance has chosen, for captures made without its translation.",
    };

    private readonly Option<string?> _expect = new Option<string?>("--expect")
    {
        Description = "A test.yaml whose counters must come out; says whether they did and exits 1 if not.",
        HelpName = "FILE",
    }.NeverEmpty();

    private readonly Option<string?> _report = new Option<string?>("--report")
    {
        Description = "Write one self-contained page with pictures of what happened over time.",
        HelpName = "FILE.html",
    }.NeverEmpty();

    private readonly Option<string?> _log = new Option<string?>("--log")
    {
        Description = "Write the packets that rules log: .json, .csv (OPNsense's filterlog) or .pcap (pflog).",
        HelpName = "FILE",
    }.NeverEmpty();

    private readonly Option<string?> _logFormat = new Option<string?>("--log-format")
    {
        Description = "How --log is written, whatever its ending: json, filterlog or pflog.",
        HelpName = "FORMAT",
    }.NeverEmpty();

    private readonly Option<bool> _rules = new("--rules")
    {
        Description = "Print the rules with their counters behind the report, as 'pfctl -vsr' does; --json has them anyway.",
    };

    private readonly Option<bool> _states = new("--states")
    {
        Description = "Print the states that are there at the end, as JSON behind the report, or in --json as stateTable.",
    };

    private readonly Option<bool> _liveTimers = new("--live-timers")
    {
        Description = "Run CARP by the captures' clock: adverts are heard and sent, and only a master acts. Else it stands still as one.",
    };

    public static Command Build()
    {
        var verb = new ReplayVerb();
        var command = new Command("replay", "Replay captures through the whole pipeline on the captures' own clock.")
        {
            verb._config, verb._in, verb._out, verb._vcpus, verb._json, verb._seed, verb._strictMac, verb._burst, verb._followNat,
            verb._expect, verb._report, verb._log, verb._logFormat, verb._rules, verb._states, verb._liveTimers,
        };
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        ReplayOptions options = ParseBurst(parsed.GetValue(_burst)) with
        {
            FollowsNat = parsed.GetValue(_followNat), ReadsStates = parsed.GetValue(_states),
            RunsTimers = parsed.GetValue(_liveTimers),
        };
        string configurationFile = parsed.GetRequiredValue(_config);
        RuntimeModel model = ConfigurationFile.Load(configurationFile);
        Expectations? expectations = parsed.GetValue(_expect) is { } file ? Expectations.Load(file) : null;
        var node = new NodeOptions
        {
            Workers = parsed.GetValue(_vcpus),
            Seed = parsed.GetValue(_seed),
            StrictMac = parsed.GetValue(_strictMac),
        };

        using var inputs = ReplayFiles.Open(parsed.GetRequiredValue(_in), model);
        using var outputs = ReplayFiles.Create(parsed.GetValue(_out), model);
        using ReportFile? page = parsed.GetValue(_report) is { } path ? new ReportFile(_report.Name, path) : null;
        using LogOutput? log = LogOutput.Create(parsed.GetValue(_log), parsed.GetValue(_logFormat));
        long started = Stopwatch.GetTimestamp();
        using var session = new ReplaySession(model, node, options, inputs.Inputs, new ReplayOutput(outputs.Streams))
        {
            Log = log is null ? null : log.Write,
        };
        ReplayReport report = session.Run(Progress.OnTerminal(inputs));
        double elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        string notes = ReplayNotes.Render(session.Censuses, model.Ports)
            + (report.Failover is { } failover ? ReplayNotes.RenderUnread(failover) : "")
            + (parsed.GetValue(_out) is { } directory ? ReplayNotes.RenderOutputs(directory, model.Ports) : "");
        byte[] json = ReplayJson.Render(report, elapsed);
        var facts = new PageFacts
        {
            Report = report,
            Offloads = OffloadAccounts.Of(report.Accounts),
            Name = model.Name,
            ConfigurationFile = configurationFile,
            Ports = model.Ports,
            Node = node,
            Replay = options,
            Expectations = expectations?.Check(json),
        };
        string? unwritten = page?.TryWrite(ReplayPage.Render(facts));
        string where = page is not null && unwritten is null ? $"page          {page.Path}{Environment.NewLine}" : "";
        if (parsed.GetValue(_json)) PrintDocument(json);
        else
        {
            string text = ReplayTable.Render(report, model.Ports, elapsed) + notes + where + facts.Expectations?.Render();
            Print(text, report, parsed.GetValue(_rules));
        }

        return Judge(facts, unwritten, log?.TryFinish());
    }

    private static void Print(string text, ReplayReport report, bool withRules)
    {
        Console.Write(text + (withRules ? RuleTable.Render(report.Rules) : ""));
        Console.Out.Flush();
        if (report.States is { } states) PrintDocument(StateJson.Render(states));
    }

    private static void PrintDocument(byte[] json)
    {
        using Stream output = Console.OpenStandardOutput();
        output.Write([.. json, (byte)'\n']);
    }

    /// <summary>Says on standard error what went wrong, a line each, and answers the exit code.</summary>
    private static int Judge(PageFacts facts, params IEnumerable<string?> unwritten)
    {
        IEnumerable<string> damage = facts.Report.Inputs.Where(input => input.Error is not null).Select(input =>
            $"{input.File}: {input.Error}");
        IEnumerable<string> broken = facts.Expectations?.Broken.Select(outcome => outcome.Line) ?? [];
        string[] faults = [.. damage, .. broken, .. unwritten.OfType<string>()];
        foreach (string line in faults)
            ErrorOutput.Print(line);
        return faults.Length == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static ReplayOptions ParseBurst(string? text)
    {
        if (text is null) return new ReplayOptions();
        string[] parts = text.Split(',');
        var standard = new ReplayOptions();
        int microseconds = standard.BurstMicroseconds;
        bool good = parts.Length <= 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int frames)
            && frames is >= 1 and <= ReplayOptions.MaxBurstFrames
            && (parts.Length == 1 || (int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out microseconds)
                && microseconds <= ReplayOptions.MaxBurstMicroseconds));
        if (!good)
        {
            throw new RefusedException(
                $"--burst {text}: expected N[,MICROSECONDS] with N from 1 to {ReplayOptions.MaxBurstFrames} " +
                $"and MICROSECONDS from 0 to {ReplayOptions.MaxBurstMicroseconds}");
        }

        return new ReplayOptions(int.Parse(parts[0], CultureInfo.InvariantCulture), microseconds);
    }
}
