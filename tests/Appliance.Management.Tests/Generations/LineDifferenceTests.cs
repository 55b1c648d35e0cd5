using System.Globalization;
using System.Text;
using Appliance.Testing;
using Xunit;

namespace Appliance.Management.Tests.Generations;

/// <summary>A difference, applied as patch(1) applies it, makes the one text of the other.</summary>
public sealed class LineDifferenceTests
{
    [Fact]
    public void Applied_it_makes_the_second_text_of_the_first()
    {
        int seed = TestSize.Seed(20_261_121);
        var random = new Random(seed);
        for (int round = 0; round < TestSize.Of(2000, 10_000, 100_000); round++)
        {
            string[] before = Text(random), after = random.Next(3) == 0 ? Text(random) : Edited(before, random);
            var text = new StringBuilder();
            LineDifference.AppendTo(text, before, after);
            Assert.Equal(after, Patched(before, text.ToString()));
            if (before.SequenceEqual(after)) Assert.Equal("", text.ToString());
        }
    }

    [Fact]
    public void One_changed_line_of_many_is_one_hunk()
    {
        string[] before = [.. Enumerable.Range(1, 1000).Select(i => $"line {i}")];
        string[] after = [.. before];
        after[499] = "another";
        var text = new StringBuilder();
        LineDifference.AppendTo(text, before, after);
        Assert.Equal(
            "@@ -497,7 +497,7 @@\n line 497\n line 498\n line 499\n-line 500\n+another\n line 501\n line 502\n line 503\n",
            text.ToString());
    }

    private static string[] Text(Random random) => [.. Enumerable.Range(0, random.Next(30)).Select(_ => $"{(char)('a' + random.Next(6))}")];

    private static string[] Edited(string[] text, Random random)
    {
        List<string> lines = [.. text];
        for (int edits = random.Next(4); edits > 0; edits--)
        {
            if (random.Next(2) == 0 && lines.Count > 0) lines.RemoveAt(random.Next(lines.Count));
            else lines.Insert(random.Next(lines.Count + 1), "new");
        }

        return [.. lines];
    }

    private static string[] Patched(string[] before, string difference)
    {
        var after = new List<string>();
        int taken = 0;
        foreach (string line in difference.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("@@ -", StringComparison.Ordinal))
            {
                string[] numbers = line[4..].Split(' ')[0].Split(',');
                int first = int.Parse(numbers[0], CultureInfo.InvariantCulture);
                int count = int.Parse(numbers[1], CultureInfo.InvariantCulture);
                int start = count == 0 ? first : first - 1;
                while (taken < start) after.Add(before[taken++]);
                continue;
            }

            if (line[0] != '+') Assert.Equal(before[taken], line[1..]);
            if (line[0] != '-') after.Add(line[1..]);
            if (line[0] != '+') taken++;
        }

        return [.. after, .. before[taken..]];
    }
}
