using System.Text.Json;
using Appliance.Testing;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>TCP connections through NAT and a ruleset that lets in nothing that it does not know: whichever box goes, they go on.</summary>
public sealed class SessionTests(ITestOutputHelper output)
{
    private const string Ruleset = "nat on wan inet from 10.1.0.0/24 to any -> 10.2.0.254\nblock all\npass in on lan\npass out on wan\n";

    private static readonly int s_connections = TestSize.Of(person: 50, server: 300, soak: 1000);

    [Fact]
    public void Connections_outlive_a_dead_master_its_return_and_its_orderly_end()
    {
        using var network = new PairNetwork();
        Background master = Begin(network, hasLane: true, WithRules);
        using Background serving = Serve(network);
        using Background living = Open(network, s_connections);
        All(living, "before");

        AwaitEqual(network);
        master.Signal("KILL");
        All(living, "killed");
        Assert.Equal("MASTER", network.StatesOf(1));

        master = network.Run(0, edit: WithRules);
        network.AwaitMaster(0);
        All(living, "returned");

        AwaitEqual(network);
        master.Signal("TERM");
        master.AwaitEnd();
        All(living, "ended");
        Assert.Equal("MASTER", network.StatesOf(1));
        output.WriteLine($"{s_connections} of {s_connections} through a kill, a return and an orderly end");
        output.WriteLine(network.See(1, "show/sync")[0].GetProperty("states").GetProperty("adopted").ToString());
    }

    /// <summary>
    /// Killed at once behind the last of them: whose connect has returned has had an answer through the dead box, so the other knows it.
    /// What the wait costs is printed.
    /// </summary>
    [Fact]
    public void Connections_that_have_just_opened_outlive_a_kill_where_new_flows_wait_for_the_peer()
    {
        using var network = new PairNetwork();
        Background master = Begin(network, hasLane: true, WithHold);
        AwaitEqual(network);
        using Background serving = Serve(network);
        using Background first = Open(network, s_connections);
        JsonElement held = network.See(0, "show/sync")[0].GetProperty("states").GetProperty("newFlows");
        output.WriteLine(held.ToString());
        using Background second = Open(network, s_connections);
        master.Signal("KILL");
        All(second, "killed");
        All(first, "killed");
        Assert.Equal("MASTER", network.StatesOf(1));
        Assert.True(held.GetProperty("flows").GetProperty("acknowledged").GetInt64() >= s_connections);
    }

    /// <summary>The control: without a lane the same connections end with their master.</summary>
    [Fact]
    public void Without_a_lane_connections_end_with_their_master()
    {
        TestSize.SkipForPerson();
        using var network = new PairNetwork();
        Background master = Begin(network, hasLane: false, WithRules);
        using Background serving = Serve(network);
        using Background living = Open(network, 1);
        living.Tell("before");
        living.AwaitLine("before: 1 answered");
        master.Signal("TERM");
        master.AwaitEnd();
        network.AwaitMaster(1);
        living.Tell("ended");
        living.AwaitLine("ended: 0 answered");
    }

    private static string WithRules(string yaml) => $"{yaml}\nfirewall: {{ruleset: pair.pf.conf}}\n";

    private static string WithHold(string yaml) =>
        WithRules(yaml).Replace("detect-milliseconds", "hold-new-flows-milliseconds: 500, detect-milliseconds", StringComparison.Ordinal);

    /// <summary>Both boxes, of which the first is master when this returns it.</summary>
    private static Background Begin(PairNetwork network, bool hasLane, Func<string, string> edit)
    {
        network.Folder.Write("pair.pf.conf", Ruleset);
        Background master = network.Run(0, hasLane, edit);
        network.Run(1, hasLane, edit);
        network.AwaitMaster(0);
        return master;
    }

    private static Background Serve(PairNetwork network)
    {
        Background serving = network.Wan.Start(Peer.Python, LiveNetwork.Script("stream.py", "serve", "10.2.0.2", "5001"));
        serving.AwaitLine("serving");
        return serving;
    }

    private static Background Open(PairNetwork network, int connections)
    {
        Background living = network.Lan.Start(Peer.Python, LiveNetwork.Script("connections.py", "10.2.0.2", "5001", $"{connections}"));
        living.AwaitLine($"{connections} open");
        return living;
    }

    private static void All(Background living, string round)
    {
        living.Tell(round);
        living.AwaitLine($"{round}: {s_connections} answered");
    }

    private static void AwaitEqual(PairNetwork network) => Eventually.Is(() =>
        network.See(0, "show/sync")[0].GetProperty("states").GetProperty("phase").GetString() == "in-sync");
}
