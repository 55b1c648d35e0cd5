using System.Text.Json;
using Appliance.Interop.Load;
using Appliance.Testing;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>A master that is killed while flows open as fast as a busy site opens them.</summary>
[Collection(LoadCollection.Name)]
public sealed class NewFlowsTests(ITestOutputHelper output)
{
    private const string Ruleset =
        "set limit states 400000\nnat on wan inet from 10.1.0.0/24 to any -> 10.2.0.254\nblock all\npass in on lan\npass out on wan\n";

    private const int Some = 500;                                       // of a machine with others to serve

    private static readonly int s_perSecond = TestSize.Of(person: 5_000, server: 5_000, soak: 20_000);

    /// <summary>With sync before forwarding: an answer that left the box is an answer to what the other knows.</summary>
    [Fact]
    public void None_is_lost_that_had_an_answer()
    {
        int first = TestSize.Seed(1), kills = TestSize.Of(person: 1, server: 1, soak: 20);
        for (int seed = first; seed < first + kills; seed++)
        {
            (int answered, int lost, string said) = KillWhileOpening(seed, hasLane: true);
            output.WriteLine($"seed {seed}: {lost} of {answered} lost; {said}");
            Assert.True(answered > Some, $"{answered} had an answer");
            Assert.Equal(0, lost);
        }
    }

    /// <summary>The control: who is told nothing knows none of them.</summary>
    [Fact]
    public void Without_a_lane_all_are_lost()
    {
        TestSize.SkipForPerson();
        (int answered, int lost, _) = KillWhileOpening(TestSize.Seed(1), hasLane: false);
        Assert.True(answered > Some, $"{answered} had an answer");
        Assert.Equal(answered, lost);
    }

    private static (int Answered, int Lost, string Said) KillWhileOpening(int seed, bool hasLane)
    {
        using var network = new PairNetwork();
        network.Folder.Write("pair.pf.conf", Ruleset);
        Background master = network.Run(0, hasLane, WithHold);
        network.Run(1, hasLane, WithHold);
        network.AwaitMaster(0);
        if (hasLane) Eventually.Is(() => StatesOf(network).GetProperty("phase").GetString() == "in-sync");
        network.Lan.Succeed("ping", "-n", "-c", "1", "-W", "5", "10.2.0.2");
        using var flows = new OpenedFlows(network.Lan, network.Wan, "10.2.0.2", PairNetwork.WanGateway);
        int killAt = new Random(seed).Next(s_perSecond, 2 * s_perSecond);
        flows.Open(s_perSecond);
        Eventually.Is(() => flows.Opened >= killAt / 2);
        string said = hasLane ? Lag(StatesOf(network)) : "";
        Eventually.Is(() => flows.Opened >= killAt);
        master.Signal("KILL");
        flows.Stop();
        Eventually.Is(() => network.StatesOf(1) == "MASTER");
        return (flows.Answered, flows.CountLost(s_perSecond / 2), said);
    }

    private static JsonElement StatesOf(PairNetwork network) => network.See(0, "show/sync")[0].GetProperty("states");

    private static string Lag(JsonElement states)
    {
        JsonElement held = states.GetProperty("newFlows");
        return $"stream lag p99 {states.GetProperty("lagP99Milliseconds")} ms, new flows waited {held}";
    }

    private static string WithHold(string yaml) => $"{yaml}\nfirewall: {{ruleset: pair.pf.conf}}\n"
        .Replace("detect-milliseconds", "hold-new-flows-milliseconds: 1000, detect-milliseconds", StringComparison.Ordinal);
}
