using System.Text.Json;
using Xunit;

namespace Appliance.Tests.Measuring;

/// <summary>What is measured is not judged here; only that it is the data path that was measured, and how it is told.</summary>
public sealed class BenchTests
{
    [Fact]
    public void Every_kind_of_traffic_is_forwarded_whole_with_lro_on_and_off()
    {
        ProcessRun run = ApplianceProgram.Run("bench", "--seconds", "0.02", "--json");
        Assert.Equal((0, ""), (run.ExitCode, string.Join("\n", run.ErrorLines)));
        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement[] rows = [.. document.RootElement.EnumerateArray()];
        int counts = Math.Min(2, Environment.ProcessorCount);
        Assert.Equal(4 * counts * 2, rows.Length);
        Assert.Equal(4, rows.Select(row => row.GetProperty("traffic").GetString()).Distinct().Count());
        Assert.All(rows, row => Assert.True(row.GetProperty("framesPerSecond").GetDouble() > 0));
        foreach (JsonElement row in rows.Where(row => row.GetProperty("vcpus").GetInt32() == 1))
        {
            Assert.Equal((0, 0), (row.GetProperty("lostShare").GetDouble(), row.GetProperty("handedOffShare").GetDouble()));
            double bytes = row.GetProperty("bitsPerSecond").GetDouble() / 8 / row.GetProperty("framesPerSecond").GetDouble();
            Assert.InRange(Math.Round(bytes, 3), 60, 1514);
        }
    }

    [Fact]
    public void People_get_a_table_and_a_line_that_says_what_it_is()
    {
        ProcessRun run = ApplianceProgram.Run("bench", "--seconds", "0.01");
        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("traffic", run.OutputLines[0], StringComparison.Ordinal);
        Assert.Contains("in memory", run.OutputLines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("61")]
    [InlineData("x")]
    public void A_time_that_cannot_be_is_refused(string seconds) =>
        Assert.Contains("--seconds", ApplianceProgram.Fail(2, "bench", "--seconds", seconds), StringComparison.Ordinal);
}
