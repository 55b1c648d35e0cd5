using Xunit;

namespace Appliance.Tests;

public class HelpTests
{
    [Theory]
    [InlineData("--help", "check", "replay", "trace")]
    [InlineData("check --help", "--config")]
    [InlineData("replay --help", "--config", "--in", "--out", "--vcpus", "--json", "--seed", "--strict-mac", "--burst", "--expect",
        "--report")]
    [InlineData("trace -h", "--config", "--in", "--packet", "--pcap", "--vcpus", "--json", "--seed", "--strict-mac")]
    public void Help_names_all_there_is_and_ends_well(string arguments, params string[] names)
    {
        ProcessRun run = ApplianceProgram.Succeed(arguments.Split(' '));
        Assert.Contains("Usage:", run.OutputLines);
        foreach (string name in names)
            Assert.Contains(name, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_version_is_one_line()
    {
        string line = Assert.Single(ApplianceProgram.Succeed("--version").OutputLines);
        Assert.Matches(@"^\d+\.\d+\.\d+", line);
    }
}
