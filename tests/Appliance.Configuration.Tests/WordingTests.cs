using Appliance.Firewall.Language;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Appliance.Configuration.Tests;

public class WordingTests
{
    private const int MaximumLength = 6;                              // the slow twin is exponential

    [Fact]
    public void Edit_distance_agrees_with_the_definition()
    {
        Gen<string> words = Gen.Elements("abAx-".ToCharArray()).ArrayOf()
            .Select(letters => new string(letters[..Math.Min(letters.Length, MaximumLength)]));
        Prop.ForAll(words.Two().ToArbitrary(),
            pair => NearestName.Distance(pair.Item1, pair.Item2) == Slow(pair.Item1.ToLowerInvariant(), pair.Item2.ToLowerInvariant()))
            .QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("mut", "mtu")]
    [InlineData("adresses", "addresses")]
    [InlineData("MTU", "mtu")]
    [InlineData("xyz", null)]
    [InlineData("", null)]
    public void The_nearest_word_is_suggested_if_it_is_near(string text, string? expected) =>
        Assert.Equal(expected, Wording.Nearest(text, ["addresses", "mtu"]));

    [Fact]
    public void A_quoted_text_is_short_and_on_one_line() =>
        Assert.Equal($"'a\\u000ab{new string('x', 56)}…'", Wording.Quote("a\nb" + new string('x', 100)));

    /// <summary>The recurrence of the optimal string alignment distance, written down as it is defined.</summary>
    private static int Slow(string left, string right)
    {
        if (left.Length == 0 || right.Length == 0) return left.Length + right.Length;
        int best = Math.Min(Slow(left[..^1], right), Slow(left, right[..^1])) + 1;
        best = Math.Min(best, Slow(left[..^1], right[..^1]) + (left[^1] == right[^1] ? 0 : 1));
        if (left.Length > 1 && right.Length > 1 && left[^1] == right[^2] && left[^2] == right[^1])
            best = Math.Min(best, Slow(left[..^2], right[..^2]) + 1);
        return best;
    }
}
