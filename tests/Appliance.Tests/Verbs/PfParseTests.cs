using Xunit;

namespace Appliance.Tests;

public sealed class PfParseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_ruleset_is_printed_one_rule_a_line_as_pfctl_prints_it()
    {
        _folder.Write("more.conf", "pass in proto tcp to port { ssh, 8022 }\n");
        string file = _folder.Write("edge.pf.conf", "wan = \"em0\"\nblock in on $wan\ninclude \"more.conf\"\n");
        ProcessRun run = ApplianceProgram.Succeed("pf", "parse", file);
        Assert.Equal(
            [
                "wan = \"em0\"",
                "block drop in on em0 all",
                "pass in proto tcp from any to any port = ssh flags S/SA keep state",
                "pass in proto tcp from any to any port = 8022 flags S/SA keep state",
            ], run.OutputLines);
        Assert.Empty(run.ErrorLines);
    }

    [Fact]
    public void Every_error_is_a_line_with_its_place_and_nothing_is_printed()
    {
        string file = _folder.Write("wrong.pf.conf", "pass in\nblok out\npass in proto tcp to port 99999\n");
        ProcessRun run = ApplianceProgram.Run("pf", "parse", file);
        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.OutputLines);
        Assert.Equal(2, run.ErrorLines.Length);
        Assert.StartsWith($"{file}:2:1: syntax error: expected a statement", run.ErrorLines[0], StringComparison.Ordinal);
        Assert.StartsWith($"{file}:3:27: illegal port value 99999", run.ErrorLines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FILE", "pf", "parse")]
    [InlineData("FILE", "pf", "parse", "")]
    [InlineData("no such file", "pf", "parse", "/nowhere/at.all")]
    [InlineData("appliance pf:", "pf")]
    [InlineData("appliance pf:", "pf", "print")]
    public void What_cannot_be_parsed_is_refused(string says, params string[] arguments)
    {
        ProcessRun run = ApplianceProgram.Run(arguments);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(says, run.Errors, StringComparison.Ordinal);
    }
}
