using System.Text.Json;
using Appliance.Node;
using Xunit;

namespace Appliance.Tests;

/// <summary><c>replay --log</c>, <c>--rules</c> and <c>--states</c>: what a ruleset did, as people and programs read it.</summary>
public sealed class ReplayLogTests : IDisposable
{
    private const string Configuration = """
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24]}
          wan: {backend: pcap, addresses: [203.0.113.2/24]}
        routes: [{to: 0.0.0.0/0, via: 203.0.113.1}]
        firewall: {ruleset: edge.pf.conf}

        """;

    private const string Rules = """
        block log all label nothing
        anchor "in" in on lan {
          pass log proto tcp to port 443 label web
        }
        pass out on wan

        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _configuration, _capture;

    public ReplayLogTests()
    {
        _configuration = _folder.Write("edge.yaml", Configuration);
        _folder.Write("edge.pf.conf", Rules);
        _capture = Captures.Write(
            _folder["lan.pcap"], NodeModelsBuilder.MacOf(1), "tcp 192.168.1.10:40000 > 198.51.100.7:443 S",
            "udp 192.168.1.10:5000 > 198.51.100.7:53 len 20");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("log.csv", null)]
    [InlineData("log.log", null)]
    [InlineData("log.txt", "filterlog")]
    public void A_line_of_filterlog_for_each_packet(string file, string? format)
    {
        Replay(["--log", _folder[file], .. format is null ? (string[])[] : ["--log-format", format]]);
        string[] lines = File.ReadAllLines(_folder[file]);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("1,0,in,web,lan,match,pass,in,4,0x0,,64,", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("0,,,nothing,lan,match,block,in,4,0x0,,64,", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",17,udp,48,192.168.1.10,198.51.100.7,5000,53,28", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("4")]
    public void A_line_of_JSON_for_each_packet_with_its_number(string vcpus)
    {
        Replay("--log", _folder["log.jsonl"], "--vcpus", vcpus);
        JsonElement[] lines = [.. File.ReadAllLines(_folder["log.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal([1, 2], lines.Select(line => line.GetProperty("packet").GetInt32()));
        Assert.Equal(["2023-11-14T22:13:20.000000000Z", "2023-11-14T22:13:20.001000000Z"],
            lines.Select(line => line.GetProperty("time").GetString()));
        Assert.Equal(["web", "nothing"], lines.Select(line => line.GetProperty("rule").GetString()));
    }

    [Fact]
    public void The_report_counts_and_an_empty_log_is_an_empty_file()
    {
        ProcessRun run = Replay("--log", _folder["log.json"]);
        Assert.Contains("log           2 records, 0 lost", run.OutputLines);
        JsonElement json = ApplianceProgram.Json(Replay("--json"));
        Assert.Equal((2, 0), (Number(json.GetProperty("log"), "records"), Number(json.GetProperty("log"), "lost")));
        ApplianceProgram.Succeed(Demo.Replay("--log", _folder["none.json"]));
        Assert.Equal("", File.ReadAllText(_folder["none.json"]));
    }

    [Fact]
    public void Rules_are_printed_with_their_counters_as_pfctl_does()
    {
        ProcessRun run = Replay("--rules");
        Assert.Equal(
            """
            block drop log all label "nothing"
              [ Evaluations: 3         Packets: 1         Bytes: 48          States: 0     ]
              [ Inserted: uid 0 pid 0 State Creations: 0     ]
            anchor "in" in on lan all {
              [ Evaluations: 3         Packets: 1         Bytes: 40          States: 1     ]
              [ Inserted: uid 0 pid 0 State Creations: 1     ]
              pass log proto tcp from any to any port = https flags S/SA keep state label "web"
              [ Evaluations: 2         Packets: 1         Bytes: 40          States: 1     ]
              [ Inserted: uid 0 pid 0 State Creations: 1     ]
            }
            pass out on wan all flags S/SA keep state
              [ Evaluations: 3         Packets: 1         Bytes: 40          States: 1     ]
              [ Inserted: uid 0 pid 0 State Creations: 1     ]
            """,
            string.Join('\n', run.OutputLines[^13..]));
        JsonElement web = ApplianceProgram.Json(Replay("--json")).GetProperty("rules")[2];
        Assert.Equal(
            ["id", "rule", "evaluations", "packets", "bytes", "statesCreated", "states"], web.EnumerateObject().Select(key => key.Name));
        Assert.Equal(("web", 2, 1), (web.GetProperty("id").GetString(), Number(web, "evaluations"), Number(web, "states")));
    }

    [Fact]
    public void States_are_told_when_asked_for()
    {
        Assert.False(ApplianceProgram.Json(Replay("--json")).TryGetProperty("stateTable", out _));
        JsonElement states = ApplianceProgram.Json(Replay("--json", "--states")).GetProperty("stateTable");
        Assert.Equal(["in", "out"],
            states.EnumerateArray().Select(state => state.GetProperty("direction").GetString()).Order(StringComparer.Ordinal));
        string output = Replay("--states").Output;
        using JsonDocument document = JsonDocument.Parse(output[output.IndexOf("\n[", StringComparison.Ordinal)..]);
        Assert.Equal("SYN_SENT:CLOSED", document.RootElement[0].GetProperty("state").GetString());
    }

    [Fact]
    public void What_cannot_be_written_is_said_before_anything_runs()
    {
        Assert.Equal($"--log {_folder["log.txt"]}: its ending tells no format; expected --log-format with one of filterlog, json, pflog",
            Fail(2, "--log", _folder["log.txt"]));
        Assert.Equal("--log-format xml: expected one of filterlog, json, pflog", Fail(2, "--log", _folder["a.csv"], "--log-format", "xml"));
        Assert.Equal("--log-format: expected --log FILE with it", Fail(2, "--log-format", "json"));
        Assert.Equal($"--log {_folder["none/a.csv"]}: cannot be written: there is no such folder", Fail(1, "--log", _folder["none/a.csv"]));
        Assert.StartsWith($"--log {_capture}: cannot be written: it is in use", Fail(1, "--log", _capture, "--log-format", "pflog"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_without_room_fails_the_run_after_its_report()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full");
        ProcessRun run = ApplianceProgram.Run(Arguments("--log", "/dev/full", "--log-format", "json"));
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("--log /dev/full: cannot be written: no space left on device", Assert.Single(run.ErrorLines));
        Assert.Contains("balanced", run.Output, StringComparison.Ordinal);
    }

    private static int Number(JsonElement element, string key) => element.GetProperty(key).GetInt32();

    private IEnumerable<string> Arguments(params string[] more) =>
        ["replay", "--config", _configuration, "--in", $"lan={_capture}", .. more];

    private ProcessRun Replay(params string[] more) => ApplianceProgram.Succeed(Arguments(more));

    private string Fail(int exitCode, params string[] more) => ApplianceProgram.Fail(exitCode, Arguments(more));
}
