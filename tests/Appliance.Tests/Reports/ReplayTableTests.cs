using Appliance.Engine;
using Appliance.Reports;
using Xunit;

namespace Appliance.Tests;

/// <summary>The report that people read.</summary>
public class ReplayTableTests
{
    private const int Columns = 80;

    private static readonly string[] Lines = ApplianceProgram.Succeed(Demo.Replay("--expect",
        RepositoryFiles.DemoExpectations)).OutputLines;

    [Fact]
    public void It_begins_at_once_fits_a_terminal_and_pads_no_line()
    {
        Assert.NotEqual("", Lines[0]);
        foreach (string line in Lines.SkipLast(1))                      // the last names the file of expectations, however long
            Assert.True(line.Length <= Columns && line == line.TrimEnd(), $"'{line}'");
        Assert.DoesNotContain("\n\n\n", string.Join('\n', Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_sub_port_stands_under_its_parent()
    {
        Assert.StartsWith("port ", Lines[0], StringComparison.Ordinal);
        Assert.Equal(["lan", "  lan.20", "wan"], Lines[1..4].Select(line => line[..8].TrimEnd()));
    }

    [Theory]
    [InlineData("mtu", "too long")]
    [InlineData("no-route", "no route")]
    [InlineData("bad-ip-checksum", "checksum")]
    public void A_reason_for_drops_has_its_frames_and_its_words(string reason, string words)
    {
        string line = Assert.Single(Lines, line => line.StartsWith(reason + " ", StringComparison.Ordinal));
        Assert.Matches(@"^\S+ +[0-9,]+  \w", line);
        Assert.Contains(words, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("checksums ", "verified", "bad", "computed")]
    [InlineData("speed ", "frames/s", "bit/s")]
    [InlineData("time ", "s of capture in")]
    [InlineData("accounts ", "in +", "generated")]
    [InlineData("            = ", "out +", "dropped +", "consumed: balanced")]
    [InlineData("expectations ", "all held")]
    public void The_sums_stand_at_the_end(string label, params string[] parts)
    {
        string line = Assert.Single(Lines, line => line.StartsWith(label, StringComparison.Ordinal));
        foreach (string part in parts)
            Assert.Contains(part, line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_of_less_than_a_second_does_not_boast_of_its_speed()
    {
        Assert.EndsWith("(too short a run to judge)", Speed(0.999), StringComparison.Ordinal);
        Assert.EndsWith("/s", Speed(1.0), StringComparison.Ordinal);
        Assert.InRange(Speed(1e-6).Length, 1, Columns);
    }

    private static string Speed(double elapsed) => ReplayTable.SpeedLine(frames: 123_456_789, bytes: 123_456_789_000, elapsed);

    [Fact]
    public void Every_reason_has_words_of_its_own_that_fit()
    {
        string[] words = [.. Enum.GetValues<DropReason>().Where(reason => reason != DropReason.None).Select(DropReasonWords.Of)];
        Assert.All(words, text => Assert.InRange(text.Length, 1, DropReasonWords.MaxLength));
        Assert.Equal(words.Length, words.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData(0, 1, "0 bit/s")]
    [InlineData(1, 1, "1 bit/s")]
    [InlineData(999, 1, "999 bit/s")]
    [InlineData(999.6, 1, "1.00 kbit/s")]
    [InlineData(1234, 1, "1.23 kbit/s")]
    [InlineData(12_345_678, 1, "12.3 Mbit/s")]
    [InlineData(999_499, 1, "999 kbit/s")]
    [InlineData(9_995, 1, "10.0 kbit/s")]
    [InlineData(1e10, 0.1, "100 Gbit/s")]
    [InlineData(1, 3, "0.33 bit/s")]
    [InlineData(1, 100, "0.01 bit/s")]
    [InlineData(1, 300, "0.0033 bit/s")]
    [InlineData(3.14159, 1e5, "0.000031 bit/s")]
    public void A_rate_has_three_digits_and_a_prefix(double amount, double seconds, string expected) =>
        Assert.Equal(expected, Quantity.Rate(amount, seconds, "bit/s"));
}
