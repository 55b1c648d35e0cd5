using Xunit;

namespace Appliance.Tests;

/// <summary><c>--expect</c>: counters that a replay must come to.</summary>
public sealed class ExpectationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _capture;

    public ExpectationTests() => _capture = Captures.Write(_folder["two.pcap"], default,
        "udp 192.168.1.10:1 > 203.0.113.80:2", "udp 192.168.1.10:1 > 203.0.113.80:2 ttl 1");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Those_of_the_home_gateway_hold_and_its_report_has_verdicts_and_states()
    {
        string[] lines = ApplianceProgram.Succeed(
            "replay", "--config", RepositoryFiles.HomeConfiguration, "--in", $"lan={RepositoryFiles.DemoLan}", "--in",
            $"wan={RepositoryFiles.DemoWan}", "--follow-nat", "--expect", RepositoryFiles.HomeExpectations).OutputLines;
        Assert.Contains(lines, line => line.StartsWith("expectations", StringComparison.Ordinal) && line.Contains("all held"));
        Assert.Contains("verdicts      1,862 pass, 134 block, 85 drop, 52 consume", lines);
        Assert.Contains("states        113 created, 19 expired, 94 current", lines);
    }

    [Fact]
    public void Those_of_the_demo_hold()
    {
        ProcessRun run = ApplianceProgram.Succeed(Demo.Replay("--expect", RepositoryFiles.DemoExpectations));
        Assert.EndsWith(": all held", run.OutputLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_one_is_placed_and_the_run_has_failed()
    {
        string file = _folder.Write("test.yaml", "counters:\n  frames.in: 2\n  drops.hop-limit: 7\n  ports.lan.20.in: 0\n");
        ProcessRun run = ApplianceProgram.Run(Demo.ReplayOf(_capture, "--expect", file));
        Assert.Equal(1, run.ExitCode);
        Assert.Equal($"{file}:3:3: drops.hop-limit: expected 7, found 1", Assert.Single(run.ErrorLines));
        Assert.Equal($"expectations  3 of {file}: 1 BROKEN", run.OutputLines[^1]);
    }

    [Fact]
    public void With_json_the_document_is_still_all_of_the_output()
    {
        string file = _folder.Write("test.yaml", "counters: {frames.in: 3, vcpus.0.id: 1, drops.mtu: 0}");
        ProcessRun run = ApplianceProgram.Run(Demo.ReplayOf(_capture, "--expect", file, "--json"));
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(2, ApplianceProgram.Json(run).GetProperty("frames").GetProperty("in").GetInt32());
        Assert.Equal([$"{file}:1:12: frames.in: expected 3, found 2", $"{file}:1:26: vcpus.0.id: expected 1, found 0"], run.ErrorLines);
    }

    [Theory]
    [InlineData("frames.inn", "no such counter")]
    [InlineData("drops.mtuu", "no such counter")]
    [InlineData("drops.none", "no such counter")]
    [InlineData("drops", "no such counter")]
    [InlineData("vcpus.2.id", "no such counter")]
    [InlineData("vcpus.x", "no such counter")]
    [InlineData("inputs.0.file", "no such counter")]
    [InlineData("captureSeconds", "0.001")]
    public void A_path_that_leads_to_no_whole_number_is_not_taken_for_nought(string path, string found)
    {
        string file = _folder.Write("test.yaml", $"counters: {{{path}: 0}}");
        string line = ApplianceProgram.Fail(1, Demo.ReplayOf(_capture, "--expect", file, "--json"));
        Assert.Equal($"{file}:1:12: {path}: expected 0, found {found}", line);
    }

    [Theory]
    [InlineData("", ":1:1: expected a mapping")]
    [InlineData("[1, 2]", ":1:1: expected a mapping")]
    [InlineData("config: x.yaml\n", ":1:1: expected the key 'counters'")]
    [InlineData("counter: {}", ":1:1: unknown key 'counter'")]
    [InlineData("counters: 7", ":1:11: expected paths and numbers")]
    [InlineData("counters: {frames.in: many}", ":1:23: expected a number, found 'many'")]
    [InlineData("counters: {frames.in: -1}", ":1:23: expected a number, found '-1'")]
    [InlineData("counters: {frames.in: [1]}", ":1:23: expected a number")]
    [InlineData("counters: {frames.in: 1, frames.in: 1}", ":1:26: 'frames.in' stands here for the second time")]
    [InlineData("counters: {a: 1}\ncounters: {}", ":2:1: 'counters' stands here for the second time")]
    [InlineData("counters: {? &a [*a] : 3}", ":1:14: expected the path of a counter")]
    [InlineData("counters: &a {b: *a}", ":1:18: expected a number")]
    [InlineData("counters: {a: 1}\n---\nb: 1", ":2:1: expected the end of the file")]
    [InlineData("counters: {a: 1\n", ":2:1: ")]
    [InlineData("counters: 'a", ":1:11: ")]
    public void A_file_that_is_none_is_refused_with_its_place(string text, string said)
    {
        string file = _folder.Write("test.yaml", text);
        string line = ApplianceProgram.Fail(2, Demo.ReplayOf(_capture, "--expect", file));
        Assert.StartsWith(file + said, line, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_without_end_is_refused_too()
    {
        string file = _folder.Write("test.yaml", "verdicts: " + new string('[', 100_000));
        string refusal = ApplianceProgram.Fail(2, Demo.ReplayOf(_capture, "--expect", file));
        Assert.StartsWith($"{file}:1:27: nested more than 16 deep", refusal, StringComparison.Ordinal);
    }
}
