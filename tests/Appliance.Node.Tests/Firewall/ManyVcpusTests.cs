using System.Collections.Concurrent;
using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests.Firewall;

/// <summary>
/// The same random conversations, packet by packet, through boxes of one vCPU and of several: what leaves, what is dropped and why, and
/// what states there are is the same after each, and in the end nothing is left. Few hosts and few ports, so that flows meet in each
/// other's keys. One packet at a time, as in a replay with bursts of one: within a burst workers judge at once, and which of two flows is
/// first where both want the last place is nobody's to say.
/// <para>A ruleset found red gets a test of its own in <see cref="AnyWorkerTests"/>.</para>
/// </summary>
public sealed class ManyVcpusTests(ITestOutputHelper output)
{
    private const int Packets = 400;
    private const int ShownAtMost = 5;                                  // disagreements

    private static readonly int[] Several = [4, 2, 4, 3];

    private readonly ConcurrentDictionary<string, long> _became = new(StringComparer.Ordinal);

    [Fact]
    public void However_many_vCPUs_there_are_the_same_becomes_of_every_packet()
    {
        int first = TestSize.Seed(1), seeds = TestSize.Of(person: 60, server: 1_000, soak: 20_000);
        string[] disagreements = [.. ParallelEnumerable.Range(first, seeds).AsOrdered().Select(Disagreement).OfType<string>()];
        output.WriteLine($"{seeds} rulesets from seed {first} on, {disagreements.Length} disagreements");
        foreach ((string what, long times) in _became.OrderByDescending(became => became.Value))
            output.WriteLine($"{what,14} {times,12:N0}");
        Assert.True(disagreements.Length == 0, string.Join("\n\n", disagreements.Take(ShownAtMost)));
        Assert.True(_became["left"] > 40 * seeds && _became["block"] > 20 * seeds);
        Assert.Superset(
            new HashSet<string>(["nat-exhausted", "tcp-window", "state-limit"], StringComparer.Ordinal),
            new HashSet<string>(_became.Keys, StringComparer.Ordinal));
    }

    /// <summary>Where a box of several vCPUs first did something else than the one of one; null: nowhere.</summary>
    private string? Disagreement(int seed)
    {
        var world = new RandomConversations(seed);
        int vcpus = Several[seed % Several.Length];
        using Box one = new(world.Configuration, vcpus: 1), several = new(world.Configuration, vcpus);
        for (int number = 0; number < Packets; number++)
        {
            (string port, byte[] frame, long wait) = world.Next();
            Seen seen = one.Wait(wait).Send(port, frame);
            (string became, string other) = (Text(seen), Text(several.Wait(wait).Send(port, frame)));
            string what = $"seed {seed}, packet {number}, {port} {PlainLine.Of(frame)} after {wait / 1_000_000} ms";
            if (other != became) return $"{what}\none vCPU: {became}\n{vcpus} vCPUs:  {other}\n{world.Configuration}";
            world.Saw(seen.Left);
            foreach (string kind in seen.Left.Count > 0 ? ["left"] : seen.DropReasons)
                _became.AddOrUpdate(kind, 1, (_, times) => times + 1);
        }

        foreach (Box box in (Box[])[one, several])
        {
            box.Wait(RandomConversations.AllEnd).Node.StepUntilIdle(box.Now);
            AnyKeyTests.MustBeEmpty(box.Node);
        }

        return null;
    }

    private static string Text(Seen seen)
    {
        IEnumerable<string> left = seen.Left.Select(sent =>
            $"left by {sent.Port} {PlainLine.Of(sent.Frame)} {Convert.ToHexString(sent.Frame)}");
        return $"{string.Join(", ", seen.DropReasons.Concat(left))} ({seen.States})";
    }
}
