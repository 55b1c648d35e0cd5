using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>
/// The law of offloads and the promise of steering, on every capture of other projects: whatever is on, whoever works and whatever moves
/// meanwhile, the same frames leave by each port, each flow in order.
/// </summary>
public sealed class OffloadCaptureTests
{
    private static readonly string[] Switches = ["rx-checksum", "tx-checksum", "lro", "tso"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Every_combination_of_offloads_sends_the_same(int vcpus)
    {
        int step = TestSize.Of(person: 15, server: 3, soak: 1);           // none and all; each with another; all there are
        long trains = 0;
        foreach (string file in SharedCaptures.Sample())
        {
            (string, byte[]) input = ("lan,wan", File.ReadAllBytes(file));
            Replayed plain = Replaying.Run(With(0), 1, input);
            for (int combination = 0; combination < 1 << Switches.Length; combination += step)
            {
                Replayed other = Replaying.Run(With(combination), vcpus, input);
                MustBeTheSame(plain, other, $"{file}: offloads {combination:x} by {vcpus} vCPUs");
                trains += other.Accounts.LroSuperframes;
                bool coalesces = (combination & 4) != 0;
                Assert.True(coalesces || other.Accounts.LroSegments == 0);
            }
        }

        TestContext.Current.SendDiagnosticMessage($"{trains} trains");
        Assert.True(trains > 0, "No train was formed, so nothing was at stake.");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void A_table_that_changes_at_every_burst_reorders_nothing(int vcpus)
    {
        var random = new Random(20261121);
        long moves = 0;
        ReplayAll(With(0), With(15), vcpus, random, node =>
        {
            if (node.TryMoveBuckets(SomeTable(node, random))) moves++;
        });
        Assert.True(moves > TestSize.Of(person: 166, server: 500, soak: 500), $"Only {moves} moves.");
    }

    /// <summary>With another key the limits on errors begin anew, so here nothing is refused that often.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void A_key_that_changes_at_every_burst_reorders_nothing(int vcpus)
    {
        string[] rules = ["", "vrss: {key: microsoft}\n", "vrss: {indirection: 32}\n"];
        var random = new Random(20261122);
        long changes = 0;
        ReplayAll(Open(0), Open(15), vcpus, random, node => node.Apply(Box.ModelOf(Open(15) + rules[changes++ % rules.Length])));
        Assert.True(changes > TestSize.Of(person: 166, server: 500, soak: 500), $"Only {changes} changes.");
    }

    private static void ReplayAll(string plainYaml, string otherYaml, int vcpus, Random random, Action<ApplianceNode> meanwhile)
    {
        foreach (string file in SharedCaptures.Sample())
        {
            (string, byte[]) input = ("lan,wan", File.ReadAllBytes(file));
            var burst = new ReplayOptions(BurstFrames: random.Next(1, 17));
            Replayed plain = Replaying.Run(plainYaml, 1, burst, input);
            MustBeTheSame(plain, Replaying.Run(otherYaml, vcpus, burst, meanwhile, input), $"{file}: {vcpus} vCPUs with changes");
        }
    }

    private static IndirectionTable SomeTable(ApplianceNode node, Random random) =>
        new([.. node.Steering.Table.Owners.Select(_ => (ushort)random.Next(node.Workers.Length))]);

    private static void MustBeTheSame(Replayed plain, Replayed other, string what)
    {
        Assert.True(plain.Multiset().SequenceEqual(other.Multiset()), $"{what} send other frames.");
        Dictionary<string, string[]> flows = other.Flows();
        foreach ((string flow, string[] frames) in plain.Flows())
            Assert.True(frames.SequenceEqual(flows[flow]), $"{what} send {flow} in another order.");
        Assert.Equal(plain.Accounts.Drops, other.Accounts.Drops);
        Assert.Equal(plain.Accounts.Ports, other.Accounts.Ports);
    }

    /// <summary>The same with one way to everywhere, whatever the hash, and for frames of any size.</summary>
    private static string Open(int combination) => With(combination)
        .Replace("mtu: 1400", "mtu: 9216", StringComparison.Ordinal)
        .Replace("128.0.0.0/2, via: [203.0.113.1, 203.0.113.4]", "128.0.0.0/1, via: 203.0.113.1", StringComparison.Ordinal);

    private static string With(int combination)
    {
        IEnumerable<string> switches = Switches.Select((name, bit) => $"{name}: {(((combination >> bit) & 1) == 1 ? "on" : "off")}");
        string offloads = "{" + string.Join(", ", switches) + "}";
        return $$"""
            ports:
              lan: {backend: pcap, addresses: [192.168.77.1/24, "2001:db8:77::1/64"], offloads: {{offloads}} }
              wan: {backend: pcap, addresses: [203.0.113.2/24, "2001:db8:2::2/64"], mtu: 1400, offloads: {{offloads}} }
            routes:
              - {to: 0.0.0.0/1, via: 203.0.113.1}
              - {to: 128.0.0.0/2, via: [203.0.113.1, 203.0.113.4]}
              - {to: "::/0", via: "2001:db8:2::1"}

            """;
    }
}
