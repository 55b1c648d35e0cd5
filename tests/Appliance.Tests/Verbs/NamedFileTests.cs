using Xunit;

namespace Appliance.Tests;

/// <summary>Files that a user names and that nobody ends: pipes without a writer, devices.</summary>
public sealed class NamedFileTests : IDisposable
{
    private const string Config = "edge.yaml", Rules = "edge.pf.conf", Pipe = "pipe", Refusal = "it is not a regular file";

    private readonly TemporaryFolder _folder = new();

    public NamedFileTests()
    {
        _folder.Write(Config, $$"""
            ports:
              lan: {backend: pcap, addresses: [192.168.1.1/24]}
            firewall:
              ruleset: {{Rules}}
            """);
        Assert.Equal(0, ProcessRunner.Run("mkfifo", [_folder[Pipe]]).ExitCode);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Pipe)]
    [InlineData("/dev/zero")]
    public void A_pipe_or_device_is_no_configuration(string name)
    {
        string path = _folder[name];
        Assert.Equal($"{path}: cannot be read: {Refusal}", ApplianceProgram.Fail(2, "check", "--config", path));
    }

    [Theory]
    [InlineData("include \"pipe\"\n", "edge.pf.conf:1:9: ")]
    [InlineData("pass all\ntable <t> file \"pipe\"\n", "edge.pf.conf:2:16: ")]
    [InlineData("pass all\ntable <t> file \"/dev/zero\"\n", "edge.pf.conf:2:16: ")]
    public void Nor_is_it_an_include_or_a_table_and_the_place_that_names_it_is_told(string rules, string place)
    {
        _folder.Write(Rules, rules);
        string line = ApplianceProgram.Fail(2, "check", "--config", _folder[Config]);
        Assert.StartsWith(_folder[place], line, StringComparison.Ordinal);
        Assert.EndsWith(Refusal, line, StringComparison.Ordinal);
    }

    [Fact]
    public void Nor_is_it_a_ruleset()
    {
        File.CreateSymbolicLink(_folder[Rules], _folder[Pipe]);
        string line = ApplianceProgram.Fail(2, "check", "--config", _folder[Config]);
        Assert.StartsWith($"{_folder[Config]}:4:12: ruleset: '{Rules}' cannot be read: {Refusal}", line, StringComparison.Ordinal);
        Assert.Contains(Refusal, ApplianceProgram.Fail(2, "pf", "parse", _folder[Pipe]), StringComparison.Ordinal);
    }

    [Fact]
    public void Nor_is_it_a_scenario_or_expectations()
    {
        _folder.Write(Rules, "pass all\n");
        File.CreateSymbolicLink(_folder["test.yaml"], _folder[Pipe]);
        Assert.Contains(Refusal, ApplianceProgram.Fail(2, "test", _folder.Path), StringComparison.Ordinal);
        Assert.Contains(Refusal, ApplianceProgram.Fail(2, "replay", "--config", _folder[Config], "--in", $"lan={RepositoryFiles.DemoLan}",
            "--expect", _folder[Pipe]), StringComparison.Ordinal);
    }

    /// <summary>As a shell gives it: <c>check &lt;(…)</c>. And what ends at once may be named, as an empty ruleset.</summary>
    [Fact]
    public void What_the_program_was_given_open_is_read_as_it_comes()
    {
        _folder.Write(Rules, "include \"/dev/null\"\npass all\n");
        string[] script = ["-c", $"cd {_folder.Path} && cat {Config} | {ApplianceProgram.File} check --config /proc/self/fd/0"];
        ProcessRun run = ProcessRunner.Run("bash", script);
        Assert.True(run.ExitCode == 2 && run.Errors.Contains("/proc/self/fd/0:4:12: ruleset: ", StringComparison.Ordinal), run.ToString());
        Assert.Contains("1 rule", ApplianceProgram.Succeed("check", "--config", _folder[Config]).Output, StringComparison.Ordinal);
    }
}
