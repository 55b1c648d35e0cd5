using System.Text;
using Appliance.Firewall.Language;
using Appliance.Testing;
using Xunit;

namespace Appliance.Firewall.Tests.Language;

/// <summary>Rulesets of pfctl's own tests with something wrong in them: whatever comes, there is an answer, and it has a place.</summary>
public sealed class PfFuzzTests(ITestOutputHelper output)
{
    private static readonly string[] Words =
    [
        "{", "}", "(", ")", "<", ">", "!", "=", "/", ",", "-", "->", "<>", "><", "\"", "'", "\\", "\n", "$x", "#", "x = \"", "x = $x $x",
        "pass", "block", "match", "anchor", "nat", "rdr", "binat", "scrub", "table", "set", "include", "no", "all", "from", "to", "any",
        "port", "proto", "tcp", "icmp", "inet6", "on", "in", "keep state", "flags", "label", "queue", "user", "nat-to", "rdr-to", "af-to",
        "route-to", "state limiter", "99999999999999999999", "-1", "0", "65536", "::", "10/8", "(lo0", "lo0:network", "probability", "\0",
    ];

    [Fact]
    public void No_ruleset_throws_and_every_error_has_a_place()
    {
        string[] texts = [.. from extension in new[] { "in", "ok" }
                             from number in PfctlTestFiles.NumbersWith(extension)
                             select PfctlTestFiles.Read(number, extension)];
        int seed = TestSize.Seed(704);
        var random = new Random(seed);
        int accepted = 0;
        int rounds = TestSize.Of(person: 3000, server: 20_000, soak: 1_000_000);
        for (int round = 0; round < rounds; round++)
        {
            string text = Mutate(texts[random.Next(texts.Length)], texts[random.Next(texts.Length)], random);
            try
            {
                PfParseResult result = PfRulesetParser.Parse("fuzz", new TextFiles().With("fuzz", text));
                if (Judge(text, result)) accepted++;
            }
            catch (Exception failure)
            {
                Assert.Fail($"seed {seed}, round {round}: {failure}\n{text}");
            }
        }

        output.WriteLine($"seed {seed}: {rounds} rulesets, {accepted} of them accepted");
        Assert.InRange(accepted, 1, rounds - 1);
    }

    /// <summary>
    /// True when it was accepted; then what is printed is accepted too, and prints itself. Not so where names were quoted, which pfctl
    /// prints without quotes, nor where a secret key is left to us; ALTQ is read for its text alone, and without an interface not printed.
    /// </summary>
    private static bool Judge(string text, PfParseResult result)
    {
        Assert.Equal(result.Ruleset is null, !result.Errors.IsEmpty);
        Assert.All(result.Errors, error => Assert.True(error.Position is { Line: >= 1, Column: >= 1 } && error.Message.Length > 0));
        if (result.Ruleset is not { } ruleset) return false;
        string printed = PfctlTestFiles.Print(result);
        bool isLeftToUs = printed.Contains("source-hash", StringComparison.Ordinal) || text.Contains("altq", StringComparison.Ordinal);
        if (isLeftToUs || text.AsSpan().ContainsAny('"', '\'')) return true;
        PfParseResult again = PfRulesetParser.Parse("again", new TextFiles().With("again", printed));
        Assert.True(printed == PfctlTestFiles.Print(again), $"printed:\n{printed}printed again:\n{PfctlTestFiles.Print(again)}");
        return true;
    }

    private static string Mutate(string text, string other, Random random)
    {
        var mutated = new StringBuilder(text);
        for (int times = random.Next(1, 4); times > 0; times--)
        {
            int at = random.Next(mutated.Length + 1);
            int length = Math.Min(random.Next(1, 20), mutated.Length - at);
            switch (random.Next(6))
            {
                case 0: mutated.Remove(at, length); break;
                case 1: mutated.Insert(at, $" {Words[random.Next(Words.Length)]} "); break;
                case 2: mutated.Insert(at, (char)random.Next(1, 256)); break;
                case 3: mutated.Insert(at, mutated.ToString(at, length)); break;
                case 4: mutated.Insert(at, "\n" + other); break;
                default: mutated.Insert(at, Words[random.Next(Words.Length)]); break;
            }
        }

        return mutated.ToString();
    }
}
