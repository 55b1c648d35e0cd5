using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Appliance.Firewall.Language;
using Xunit;

namespace Appliance.Firewall.Tests.Language;

/// <summary>FreeBSD's own tests of pfctl's parser: what it prints, byte for byte.</summary>
public sealed partial class PfctlTests(ITestOutputHelper output)
{
    /// <summary>What does not print the same yet, and what it waits for. A test that begins to pass must leave the table.</summary>
    private static readonly ImmutableDictionary<string, string> Waiting = ImmutableDictionary<string, string>.Empty;

    [GeneratedRegex(@":(\d+):\d+: ")]
    private static partial Regex Column { get; }

    [Fact]
    public void Every_input_prints_what_pfctl_prints()
    {
        string[] numbers = [.. PfctlTestFiles.NumbersWith("in").Where(number => PfctlTestFiles.Exists(number, "ok"))];
        Judge("pairs", numbers, number => (PfctlTestFiles.Read(number, "ok"), PfctlTestFiles.Print(PfctlTestFiles.Parse(number, "in"))));
    }

    [Fact]
    public void Every_output_of_pfctl_prints_itself()
    {
        ImmutableArray<string> numbers = PfctlTestFiles.NumbersWith("ok");
        Judge("self", [.. numbers], number =>
            (PfctlTestFiles.Read(number, "ok"), PfctlTestFiles.Print(PfctlTestFiles.Parse(number, "ok"))));
    }

    [Fact]
    public void Inputs_without_an_output_are_understood()
    {
        string[] alone = [.. PfctlTestFiles.NumbersWith("in").Where(
            number => !PfctlTestFiles.Exists(number, "ok") && !PfctlTestFiles.Exists(number, "fail"))];
        Assert.NotEmpty(alone);
        Assert.All(alone, number => Assert.Empty(PfctlTestFiles.Parse(number, "in").Errors));
    }

    [Fact]
    public void Every_wrong_input_is_refused_with_pfctls_words()
    {
        foreach (string number in PfctlTestFiles.NumbersWith("fail"))
        {
            PfParseResult result = PfctlTestFiles.Parse(number, "in");
            Assert.Null(result.Ruleset);
            string words = PfctlTestFiles.Read(number, "fail").TrimEnd('\n');
            string said = Column.Replace(PfctlTestFiles.Print(result), ":$1: ");
            Assert.True(Regex.IsMatch(said, words), $"pf{number}: expected {words}, found {said}");
        }
    }

    private void Judge(string kind, string[] numbers, Func<string, (string Expected, string Actual)> run)
    {
        Assert.NotEmpty(numbers);
        var failures = new List<string>();
        int passed = 0;
        foreach (string number in numbers)
        {
            (string expected, string actual) = run(number);
            bool waits = Waiting.TryGetValue($"{kind} {number}", out string? reason);
            if (expected == actual) passed++;
            if (expected == actual && waits) failures.Add($"pf{number} passes now; it waited for: {reason}");
            if (expected != actual && !waits) failures.Add($"pf{number}:\n--- expected\n{expected}--- found\n{actual}");
        }

        output.WriteLine($"{kind}: {passed} of {numbers.Length} are identical");
        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }
}
