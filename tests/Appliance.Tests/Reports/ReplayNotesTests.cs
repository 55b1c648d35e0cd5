using Xunit;

namespace Appliance.Tests;

/// <summary>What the report adds when a capture was taken or named in a way that misleads, and where the output is.</summary>
public sealed class ReplayNotesTests : IDisposable
{
    private const string There = "udp 192.168.1.10:1 > 203.0.113.80:2", Back = "udp 203.0.113.80:2 > 192.168.1.10:1";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Both_directions_at_one_port_are_noted_with_the_way_to_split_them()
    {
        string both = Captures.Write(_folder["both.pcap"], default, There, Back, There);
        Assert.Equal(
            [
                "note          1 of 3 frames that enter at lan come from behind wan;",
                "              --in lan,wan=FILE splits a capture that saw both directions",
            ],
            Notes(Demo.ReplayOf(both)));
    }

    [Fact]
    public void Where_the_other_port_has_a_capture_too_one_direction_of_each_is_asked_for()
    {
        string both = Captures.Write(_folder["both.pcap"], default, There, Back);
        string back = Captures.Write(_folder["back.pcap"], default, Back);
        Assert.Equal(
            [
                "note          1 of 2 frames that enter at lan come from behind wan;",
                "              a capture for each port holds what came in there (tcpdump -Q in)",
            ],
            Notes(Demo.ReplayOf(both, "--in", $"wan={back}")));
    }

    [Fact]
    public void A_few_strangers_and_a_split_capture_are_not_worth_a_note()
    {
        string few = Captures.Write(_folder["few.pcap"], default, [.. Enumerable.Repeat(There, 10), Back]);
        Assert.Empty(Notes(Demo.ReplayOf(few)));
        string tenth = Captures.Write(_folder["tenth.pcap"], default, [.. Enumerable.Repeat(There, 9), Back]);
        Assert.NotEmpty(Notes(Demo.ReplayOf(tenth)));
        string both = Captures.Write(_folder["both.pcap"], default, There, Back);
        Assert.Empty(Notes(["replay", "--config", RepositoryFiles.DemoConfiguration, "--in", $"lan,wan={both}"]));
        Assert.Empty(Notes(Demo.Replay()));
    }

    [Fact]
    public void Frames_that_no_wire_carried_are_noted_with_their_cause()
    {
        string large = Captures.Write(_folder["large.pcap"], default, There, There + " len 7000", There + " len 4000");
        Assert.Equal(
            [
                "note          2 frames at lan have datagrams over its MTU (up to 7,028 bytes):",
                "              joined by offloads of the host that captured (ethtool -K, in README)",
            ],
            Notes(Demo.ReplayOf(large)));
    }

    [Fact]
    public void Notes_are_for_people_only()
    {
        string both = Captures.Write(_folder["both.pcap"], default, There, Back);
        Assert.NotEmpty(Notes(Demo.ReplayOf(both)));
        ProcessRun run = ApplianceProgram.Succeed(Demo.ReplayOf(both, "--json"));
        Assert.Equal(2, ApplianceProgram.Json(run).GetProperty("frames").GetProperty("in").GetInt32());
        Assert.DoesNotContain("come from behind", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_captures_that_were_written_are_named()
    {
        string one = Captures.Write(_folder["one.pcap"], default, There);
        Directory.CreateDirectory(_folder["here"]);
        string capture = System.IO.Path.GetRelativePath(_folder["here"], one);
        string[] lines = ApplianceProgram.RunIn(
            _folder["here"], "replay", "--config", RepositoryFiles.DemoConfiguration, "--in", $"lan={capture}", "--out", "out").OutputLines;
        Assert.Equal("output        out/lan.pcap, out/wan.pcap", lines[^1]);
        Assert.DoesNotContain(
            ApplianceProgram.Succeed(Demo.ReplayOf(one)).OutputLines, line => line.StartsWith("output", StringComparison.Ordinal));
    }

    [Fact]
    public void Captures_too_many_for_a_line_are_named_by_their_folder()
    {
        string ports = string.Join('\n', Enumerable.Range(1, 12).Select(n => $"  port-{n}: {{backend: pcap, addresses: [10.0.{n}.1/24]}}"));
        string config = _folder.Write("many.yaml", $"ports:\n{ports}\n");
        string one = Captures.Write(_folder["one.pcap"], default, "udp 10.0.1.9:1 > 10.0.2.9:2");
        string[] lines = ApplianceProgram.RunIn(
            _folder.Path, "replay", "--config", config, "--in", $"port-1={one}", "--out", "out").OutputLines;
        Assert.Equal("output        out/PORT.pcap for each of 12 ports", lines[^1]);
    }

    private static string[] Notes(IEnumerable<string> arguments)
    {
        string[] lines = ApplianceProgram.Succeed(arguments).OutputLines;
        return [.. lines.SkipWhile(line => !line.StartsWith("note ", StringComparison.Ordinal))];
    }
}
