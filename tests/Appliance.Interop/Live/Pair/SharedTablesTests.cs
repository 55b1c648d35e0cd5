using System.Text.Json;
using Appliance.Testing;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>Who is shut out by a table of the master's is shut out by the backup when that takes over.</summary>
public sealed class SharedTablesTests(ITestOutputHelper output)
{
    private const string Bad = "10.1.0.2", Good = "10.1.0.3", There = "10.2.0.2";
    private const string Ruleset = "table <bad> persist\nblock in quick on lan from <bad>\npass\n";

    [Fact]
    public void An_address_that_is_added_to_a_table_of_the_master_is_blocked_by_the_backup_when_the_master_is_killed()
    {
        using var network = new PairNetwork();
        Background master = Begin(network, hasLane: true);
        Eventually.Is(() => Phase(network, 0) == "in-sync" && TablesOf(network, 0).GetProperty("phase").GetString() == "in-sync");
        Edit(network, 0, "add");
        Assert.False(Reaches(network, Bad));
        Eventually.Is(() => Entries(network, 1) == "10.1.0.2/32");
        output.WriteLine($"{TablesOf(network, 0)}\n{TablesOf(network, 1)}");
        Assert.Equal((1L, 1L), (Count(network, 0, "told"), Count(network, 1, "adopted")));
        string shown = ApplianceProgram.Succeed("show", "sync", "--socket", network.SocketOf(1)).Output;
        Assert.Matches(
            @"tables +entries +told +adopted +refused +neighbours +own +peer's *\n"
            + @".* in-sync +1 +0 +1 +0 +in-sync +\d+ +[1-9]\d* *\n", shown);

        master.Signal("KILL");
        Eventually.Is(() => network.StatesOf(1) == "MASTER");
        Assert.True(Reaches(network, Good));
        Assert.False(Reaches(network, Bad));

        network.Run(0, edit: WithRules);                                // knows nothing of it any more, and is told
        network.AwaitMaster(0);
        Assert.Equal("10.1.0.2/32", Entries(network, 0));
        Assert.True(Reaches(network, Good));
        Assert.False(Reaches(network, Bad));

        Edit(network, 1, "delete");
        Eventually.Is(() => Entries(network, 0).Length == 0);
        Assert.True(Reaches(network, Bad));
    }

    /// <summary>The control: who is told nothing lets it in.</summary>
    [Fact]
    public void Without_a_lane_the_backup_lets_it_in()
    {
        TestSize.SkipForPerson();
        using var network = new PairNetwork();
        Background master = Begin(network, hasLane: false);
        Edit(network, 0, "add");
        Assert.False(Reaches(network, Bad));
        master.Signal("KILL");
        Eventually.Is(() => network.StatesOf(1) == "MASTER");
        Assert.True(Reaches(network, Bad));
    }

    private static Background Begin(PairNetwork network, bool hasLane)
    {
        network.Folder.Write("pair.pf.conf", Ruleset);
        network.Lan.AddAddress("eth0", $"{Good}/24");
        Background master = network.Run(0, hasLane, WithRules);
        network.Run(1, hasLane, WithRules);
        network.AwaitMaster(0);
        Assert.True(Reaches(network, Bad));
        return master;
    }

    private static void Edit(PairNetwork network, int box, string verb) =>
        ApplianceProgram.Succeed("table", verb, "bad", Bad, "--socket", network.SocketOf(box));

    /// <summary>A first answer to one of some questions: neighbours may have to be found first.</summary>
    private static bool Reaches(PairNetwork network, string from) => network.Lan
        .Run("ping", "-n", "-I", from, "-c", "1", "-i", "0.2", "-w", "3", There).ExitCode == 0;

    private static string Entries(PairNetwork network, int box) => string.Join(' ', network.Ask(box, "table", "show", "bad")
        .EnumerateArray().Select(entry => entry.GetProperty("entry").GetString()));

    private static long Count(PairNetwork network, int box, string what) => TablesOf(network, box).GetProperty(what).GetInt64();

    private static string? Phase(PairNetwork network, int box) => StatesOf(network, box).GetProperty("phase").GetString();

    private static JsonElement TablesOf(PairNetwork network, int box) => StatesOf(network, box).GetProperty("tables");

    private static JsonElement StatesOf(PairNetwork network, int box) => network.See(box, "show/sync")[0].GetProperty("states");

    private static string WithRules(string yaml) => $"{yaml}\nfirewall: {{ruleset: pair.pf.conf}}\n";
}
