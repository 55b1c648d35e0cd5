using System.Text.Json;
using Appliance.Interop.Live.Drills;
using Appliance.Interop.Load;
using Appliance.Testing;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>
/// What a pair says to each other, sent to it again by somebody who has listened: as it was, cut off, made longer, with other bits.
/// </summary>
[Collection(LoadCollection.Name)]
public sealed class HostileTests(ITestOutputHelper output)
{
    private const int PerSecond = 40_000, SamplesOfEach = 200, LinesLogged = 100;

    private static readonly int s_messages = TestSize.Of(person: 20_000, server: 100_000, soak: 1_000_000);

    [Fact]
    public void Forged_replayed_and_broken_messages_move_nobody_and_end_no_flow()
    {
        using var network = new PairNetwork();
        Background[] boxes = [network.Run(0), network.Run(1)];
        network.AwaitMaster(0);
        Eventually.Is(() => StatesOf(network, 0).GetProperty("phase").GetString() == "in-sync");
        using var flows = new KeptFlows(network.Lan, network.Wan, "10.2.0.2", connections: 50, udpFlows: 10, perSecond: 50);
        string before = network.Transitions();
        long refusedBefore = Refused(network);
        using var hostile = new HostileSpeaker(network);
        hostile.Listen(SamplesOfEach);
        hostile.Speak(s_messages, PerSecond, TestSize.Seed(1));
        Assert.Equal(("MASTER", "BACKUP"), (network.StatesOf(0), network.StatesOf(1)));
        string after = network.Transitions();
        Assert.True(before == after, $"{before}, then {after}: {network.See(0, "carp/status").GetProperty("timeline")}");
        Assert.Equal((50, 10), flows.Count());
        Assert.Equal("in-sync", StatesOf(network, 0).GetProperty("phase").GetString());
        long refused = Refused(network) - refusedBefore;
        output.WriteLine($"{s_messages} messages, {refused} refused: {network.See(1, "carp/status").GetProperty("counters")}");
        output.WriteLine(network.See(1, "show/sync")[0].GetProperty("refused").ToString());
        Assert.True(refused >= s_messages / 2, $"{refused} were refused");
        Assert.All(boxes, box => Assert.True(box.Errors.Count < LinesLogged, box.ToString()));
    }

    private static JsonElement StatesOf(PairNetwork network, int box) => network.See(box, "show/sync")[0].GetProperty("states");

    /// <summary>What both did not take of adverts and of the lane, whatever the reason.</summary>
    private static long Refused(PairNetwork network) => Enumerable.Range(0, 2).Sum(box =>
        Sum(network.See(box, "show/sync")[0].GetProperty("refused"))
        + Sum(network.See(box, "carp/status").GetProperty("counters"), name => name is "hdrops" or "looped" or "replayed"
            || name.StartsWith("bad", StringComparison.Ordinal) || name.StartsWith("not-", StringComparison.Ordinal)));

    private static long Sum(JsonElement counters, Func<string, bool>? isMeant = null) => counters.EnumerateObject()
        .Where(counter => isMeant is null || isMeant(counter.Name)).Sum(counter => counter.Value.GetInt64());
}
