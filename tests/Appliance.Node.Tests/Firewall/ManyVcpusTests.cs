using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests.Firewall;

/// <summary>
/// The same random conversations, packet by packet, through boxes of one, two and four vCPUs: what leaves, what is dropped and why, and
/// what states there are is the same. Few hosts and few ports, so that flows meet in each other's keys.
/// </summary>
public sealed class ManyVcpusTests(ITestOutputHelper output)
{
    private const int Packets = 400;

    [Fact]
    public void However_many_vCPUs_there_are_the_same_becomes_of_every_packet()
    {
        int first = TestSize.Seed(1), last = first + TestSize.Of(person: 40, server: 49, soak: 49);
        long left = 0, dropped = 0;
        var reasons = new HashSet<string>(StringComparer.Ordinal);
        for (int seed = first; seed < last; seed++)
        {
            var world = new RandomConversations(seed);
            Box[] boxes = [.. ((int[])[1, 2, 4]).Select(vcpus => new Box(world.Configuration, vcpus))];
            for (int number = 0; number < Packets; number++)
            {
                (string port, byte[] frame, long wait) = world.Next();
                string[] became = [.. boxes.Select(box => Become(Later(box, wait), port, frame, world, reasons))];
                foreach (string other in became[1..])
                {
                    string where = $"seed {seed}, packet {number}, {port} {PlainLine.Of(frame)}";
                    Assert.True(became[0] == other, $"{where}\none vCPU: {became[0]}\nmore:     {other}\n{world.Rules}");
                }

                if (became[0].Contains("left by", StringComparison.Ordinal)) left++;
                else dropped++;
            }

            string[] states = [.. boxes.Select(box => StatesOf(Later(box, 100_000_000)))];
            Assert.All(states, of => Assert.Equal(states[0], of));
            foreach (Box box in boxes) box.Dispose();
        }

        string why = string.Join(", ", reasons.Order(StringComparer.Ordinal));
        output.WriteLine($"{last - first} rulesets, {left} packets left, {dropped} did not: {why}");
        Assert.True(left > 40 * (last - first) && dropped > 40 * (last - first));
        Assert.Superset(new HashSet<string>(["block", "nat-exhausted", "tcp-window", "state-limit"], StringComparer.Ordinal), reasons);
    }

    /// <summary>As in a replay, what is to end by then has ended before the next packet comes.</summary>
    private static Box Later(Box box, long nanoseconds)
    {
        box.Wait(nanoseconds).Node.StepUntilIdle(box.Now);
        return box;
    }

    private static string StatesOf(Box box)
    {
        NodeAccounts accounts = box.Node.ReadAccounts();
        return $"{accounts.StatesCreated} made, {accounts.StatesEnded} ended";
    }

    private static string Become(Box box, string port, byte[] frame, RandomConversations world, HashSet<string> reasons)
    {
        Dictionary<string, long> before = new(box.Node.ReadAccounts().Drops, StringComparer.Ordinal);
        Seen seen = box.Send(port, frame);
        string[] drops = [.. box.Node.ReadAccounts().Drops
            .Where(drop => drop.Value > before.GetValueOrDefault(drop.Key)).Select(drop => drop.Key).Order(StringComparer.Ordinal)];
        reasons.UnionWith(drops);
        if (box.Node.Workers.Length == 1) world.Saw(seen.Left);
        string left = string.Concat(seen.Left.Select(sent =>
            $"left by {sent.Port} {PlainLine.Of(sent.Frame)} {Convert.ToHexString(sent.Frame)} "));
        return $"{string.Join(", ", drops)} {left}({StatesOf(box)})";
    }
}
