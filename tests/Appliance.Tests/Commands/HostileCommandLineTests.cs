using Xunit;

namespace Appliance.Tests;

/// <summary>Every row of HostileCommandLines.json: wrong in one way, refused in one line that says which.</summary>
public sealed class HostileCommandLineTests(HostileFiles files) : IClassFixture<HostileFiles>
{
    private const int LeastCount = 100;
    private const int MostLineLength = 1000;

    private static readonly HostileCommandLine[] All = HostileCommandLine.ReadAll();

    public static TheoryData<int> Rows() => [.. Enumerable.Range(0, All.Length)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void It_is_refused_with_its_exit_code_and_one_line_that_says_what_is_wrong(int row)
    {
        HostileCommandLine hostile = All[row];
        ProcessRun run = ApplianceProgram.Run(hostile.Arguments.Select(files.Fill));
        Assert.True(run.ExitCode == hostile.Exit, $"expected exit code {hostile.Exit}: {run}");
        Assert.True(run.ErrorLines.Length == 1, $"expected one line on standard error: {run}");
        Assert.Contains(files.Fill(hostile.Says), run.Errors, StringComparison.Ordinal);
        Assert.True(run.Errors.Length <= MostLineLength, $"a line of {run.Errors.Length} characters");
        Assert.True(hostile.Exit == 1 || run.Output.Length == 0, $"it was refused and yet printed: {run}");
    }

    [Fact]
    public void There_are_a_hundred_of_them() => Assert.True(All.Length >= LeastCount, $"{All.Length} command lines");
}
