using System.Collections.Concurrent;
using Appliance.Engine;
using Appliance.Node.Tests.Firewall;
using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests.Sync;

/// <summary>
/// Random conversations through the first box of a pair; at a random packet the second one takes over. From there on every packet comes to
/// both, and what the first would have let out the second lets out too, translated alike: what it has of the states, by records alone,
/// is as good. Both have one secret here, so that new flows get the same ports, too.
/// </summary>
public sealed class TakeoverTests(ITestOutputHelper output)
{
    private const int Packets = 200;
    private const int ShownAtMost = 3;                                  // disagreements

    private static readonly string[] Unshared = ["round-robin", "set limit states 60", "adaptive.start 4"];
    private static readonly int[] Several = [1, 2, 3, 4];

    private readonly ConcurrentDictionary<string, long> _became = new(StringComparer.Ordinal);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whoever_takes_over_at_whatever_packet_lets_the_same_through(bool isCopied)
    {
        int first = TestSize.Seed(1), seeds = TestSize.Of(person: 16, server: 60, soak: 20_000);
        string[] disagreements =
            [.. ParallelEnumerable.Range(first, seeds).AsOrdered().Select(seed => Disagreement(seed, isCopied)).OfType<string>()];
        output.WriteLine($"{seeds} rulesets from seed {first} on, {disagreements.Length} disagreements");
        foreach ((string what, long times) in _became.OrderByDescending(became => became.Value))
            output.WriteLine($"{what,24} {times,12:N0}");
        Assert.True(disagreements.Length == 0, string.Join("\n\n", disagreements.Take(ShownAtMost)));
        Assert.True(_became["let through by states"] > 3 * seeds && _became[nameof(FlowAdoption.Adopted)] > 3 * seeds);
    }

    private string? Disagreement(int seed, bool isCopied)
    {
        var world = new RandomConversations(seed);
        var random = new Random(seed);
        // Whose turn it is stays with each box; and what timeouts that shrink have ended in one, the other keeps until it is told.
        if (Unshared.Any(word => world.Rules.Contains(word, StringComparison.Ordinal))) return null;
        using var pair = new Pair(
            world.Configuration, Several[random.Next(Several.Length)], Several[random.Next(Several.Length)], otherSeed: 1);
        int takeover = random.Next(20, Packets - 20);
        for (int number = 0; number < Packets; number++)
        {
            (string port, byte[] frame, long wait) = world.Next();
            if (number <= takeover && !isCopied) Count(pair.Wait(wait));
            else if (number <= takeover) pair.First.Wait(wait).Node.StepUntilIdle(pair.First.Now);
            if (number == takeover) pair.Second.Wait(pair.First.Now - pair.Second.Now);
            Seen seen = pair.First.Send(port, frame);
            world.Saw(seen.Left);
            string what = $"seed {seed}, takeover at {takeover}, packet {number}, {port} {PlainLine.Of(frame)}";
            if (number <= takeover)
            {
                if (!isCopied && Follow(pair) is { } wrong) return $"{what}: {wrong}\n{world.Configuration}";
                if (isCopied) pair.Journal.Written.Clear();
                if (number < takeover || !isCopied) continue;
                Count(Pair.Copy(pair.First, pair.Second));
                if (pair.Differences().Length > 0) return $"{what}: digests differ{pair.Listing()}\n{world.Configuration}";
                continue;
            }

            if (seen.DropReasons.Contains("tcp-window")) continue;      // the second is more tolerant until it has heard both ends
            Seen other = pair.Second.Send(port, frame);
            (string became, string becameThere) = (Text(seen), Text(other));
            if (became != becameThere) return $"{what}\nfirst:  {became}\nsecond: {becameThere}\n{world.Configuration}";
            if (seen.Left.Count > 0 && seen.States == pair.LastStates) Add("let through by states", 1);
            pair.LastStates = seen.States;
        }

        return null;
    }

    /// <summary>The second box hears of what the first has done; answers what is wrong then.</summary>
    private string? Follow(Pair pair)
    {
        List<FlowAdoption> outcomes = pair.Deliver();
        pair.Second.Node.StepUntilIdle(pair.Second.Now);
        Count(outcomes);
        FlowAdoption[] bad = [.. outcomes.Where(outcome => outcome > FlowAdoption.Removed)];
        if (bad.Length > 0) return $"became {string.Join(", ", bad)}";
        if (pair.Back.Written.Count > 0) return "who only hears tells something";
        return pair.Differences().Length == 0 ? null : $"digests differ{pair.Listing()}";
    }

    private void Count(List<FlowAdoption> outcomes)
    {
        foreach (FlowAdoption outcome in outcomes) Add(outcome.ToString(), 1);
    }

    private void Add(string what, long times) => _became.AddOrUpdate(what, times, (_, before) => before + times);

    private static string Text(Seen seen)
    {
        IEnumerable<string> left = seen.Left.Select(sent =>
            $"left by {sent.Port} {PlainLine.Of(sent.Frame)} {Convert.ToHexString(sent.Frame)}");
        return string.Join(", ", seen.DropReasons.Concat(left));
    }
}
