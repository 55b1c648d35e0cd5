using Xunit;

namespace Appliance.Tests;

/// <summary><c>replay --report</c>: where the page goes, that it is always the same, and what happens when it cannot be written.</summary>
public sealed class ReplayReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_page_is_written_and_one_line_says_where()
    {
        string file = _folder["page.html"];
        ProcessRun run = ApplianceProgram.Succeed(Demo.Replay("--report", file, "--expect", RepositoryFiles.DemoExpectations));
        Assert.Equal($"page          {file}", run.OutputLines[^2]);
        string page = File.ReadAllText(file);
        Assert.StartsWith("<!DOCTYPE html>\n", page, StringComparison.Ordinal);
        Assert.EndsWith("</html>\n", page, StringComparison.Ordinal);
        Assert.Contains("25 expectations held", page, StringComparison.Ordinal);
        Assert.Contains("2,133 in + 59 generated = 2,053 out + 86 dropped + 53 consumed", page, StringComparison.Ordinal);
        foreach (string words in (string[])["lan.20", "VLAN 20 on lan", "source-route", "vCPU 1", RepositoryFiles.DemoWan])
            Assert.Contains(words, page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", "64,50")]
    [InlineData("2", "64,50")]
    [InlineData("4", "1")]
    public void The_same_replay_writes_the_same_bytes(string vcpus, string burst)
    {
        string[] arguments = ["--vcpus", vcpus, "--burst", burst, "--report"];
        ApplianceProgram.Succeed(Demo.Replay([.. arguments, _folder["one.html"]]));
        ApplianceProgram.Succeed(Demo.Replay([.. arguments, _folder["other.html"], "--json"]));
        Assert.Equal(File.ReadAllBytes(_folder["one.html"]), File.ReadAllBytes(_folder["other.html"]));
    }

    [Fact]
    public void With_json_the_document_is_still_all_of_the_output() =>
        ApplianceProgram.Json(ApplianceProgram.Succeed(Demo.Replay("--json", "--report", _folder["page.html"])));

    [Fact]
    public void What_stood_there_before_is_overwritten_to_its_end()
    {
        string file = _folder.Write("page.html", new string('x', 4_000_000));
        ApplianceProgram.Succeed(Demo.Replay("--report", file));
        Assert.DoesNotContain("xxx", File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_and_broken_expectations_are_on_the_page_too()
    {
        string cut = _folder.Write("cut <b>.pcap", File.ReadAllBytes(RepositoryFiles.DemoLan).AsSpan(0, 5000));
        string expected = _folder.Write("test.yaml", "counters: {frames.in: 1}");
        ProcessRun run = ApplianceProgram.Run(Demo.ReplayOf(cut, "--report", _folder["page.html"], "--expect", expected));
        Assert.Equal((1, 2), (run.ExitCode, run.ErrorLines.Length));
        string page = File.ReadAllText(_folder["page.html"]);
        Assert.Contains("1 capture damaged", page, StringComparison.Ordinal);
        Assert.Contains("at byte 4960: ", page, StringComparison.Ordinal);
        Assert.Contains("1 of 1 expectation broken", page, StringComparison.Ordinal);
        Assert.Contains("cut &lt;b&gt;.pcap", page, StringComparison.Ordinal);
        Assert.DoesNotContain("cut <b>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_cannot_be_written_is_named_before_anything_runs()
    {
        Assert.Equal($"--report {_folder["none/page.html"]}: cannot be written: there is no such folder",
            ApplianceProgram.Fail(1, Demo.Replay("--report", _folder["none/page.html"])));
        Assert.Equal($"--report {_folder.Path}: cannot be written: it is a folder; expected a file",
            ApplianceProgram.Fail(1, Demo.Replay("--report", _folder.Path)));
    }

    [Fact]
    public void A_capture_is_never_overwritten_by_a_page()
    {
        string capture = _folder.Write("lan.pcap", File.ReadAllBytes(RepositoryFiles.DemoLan));
        string line = ApplianceProgram.Fail(1, Demo.ReplayOf(capture, "--report", capture));
        Assert.StartsWith($"--report {capture}: cannot be written: it is in use", line, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(RepositoryFiles.DemoLan), File.ReadAllBytes(capture));
    }

    [Fact]
    public void A_device_without_room_fails_the_run_after_its_report()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full");
        ProcessRun run = ApplianceProgram.Run(Demo.Replay("--report", "/dev/full"));
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("--report /dev/full: cannot be written: no space left on device", Assert.Single(run.ErrorLines));
        Assert.Contains("balanced", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(run.OutputLines, line => line.StartsWith("page", StringComparison.Ordinal));
    }
}
