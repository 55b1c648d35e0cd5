using Xunit;

namespace Appliance.Tests;

public class HelpTests
{
    [Theory]
    [InlineData("--help", "check", "replay", "trace", "test")]
    [InlineData("check --help", "--config")]
    [InlineData("replay --help", "--config", "--in", "--out", "--vcpus", "--json", "--seed", "--strict-mac", "--burst", "--expect",
        "--report", "--live-timers")]
    [InlineData("trace -h", "--config", "--in", "--packet", "--pcap", "--only", "--vcpus", "--json", "--seed", "--strict-mac")]
    [InlineData("test --help", "DIR", "test.yaml", "--junit")]
    [InlineData("pf --help", "parse")]
    [InlineData("pf parse --help", "FILE")]
    [InlineData("bench --help", "--seconds", "--json")]
    public void Help_names_all_there_is_and_ends_well(string arguments, params string[] names)
    {
        ProcessRun run = ApplianceProgram.Succeed(arguments.Split(' '));
        Assert.Contains("Usage:", run.OutputLines);
        foreach (string name in names)
            Assert.Contains(name, run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "appliance replay --config ")]
    [InlineData("check --help", "appliance check ")]
    [InlineData("replay --help", "appliance replay --config ")]
    [InlineData("trace --help", "appliance trace --config ")]
    [InlineData("test --help", "appliance test ")]
    [InlineData("pf parse --help", "appliance pf parse ")]
    public void Help_ends_with_examples_to_copy(string arguments, string start)
    {
        string[] lines = ApplianceProgram.Succeed(arguments.Split(' ')).OutputLines;
        string[] examples = [.. lines.SkipWhile(line => line != "Examples:").Skip(1)];
        Assert.NotEmpty(examples);
        Assert.All(examples, line => Assert.StartsWith("  appliance ", line, StringComparison.Ordinal));
        Assert.Contains(examples, line => line.StartsWith("  " + start, StringComparison.Ordinal));
    }

    [Fact]
    public void The_version_is_one_line()
    {
        string line = Assert.Single(ApplianceProgram.Succeed("--version").OutputLines);
        Assert.Matches(@"^\d+\.\d+\.\d+", line);
    }
}
