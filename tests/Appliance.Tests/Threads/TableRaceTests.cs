using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Node;
using Appliance.Testing;
using Appliance.Threads;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Tests.Threads;

/// <summary>The real workers on real threads, while tables are edited all the time.</summary>
public sealed class TableRaceTests
{
    private const int Workers = 4;
    private const int Edits = 100_000;

    private const string Router = """
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24]}
          wan: {backend: pcap, addresses: [203.0.113.2/24]}
        routes: [{to: 0.0.0.0/0, via: 203.0.113.1}]
        firewall: {ruleset: race.pf.conf}

        """;

    /// <summary>
    /// The table has the sources or the destinations, never both and never neither: a packet that meets half of an edit is blocked.
    /// </summary>
    private const string Rules = """
        table <t> { 192.168.1.0/24 }
        pass all no state
        block in quick on lan from <t> to <t>
        block in quick on lan from ! <t> to ! <t>

        """;

    private static readonly TableEntry[] Sources = [Entry("192.168.1.0/24")], Destinations = [Entry("198.51.100.0/24")];

    [Fact]
    public void Every_packet_meets_a_table_as_it_was_before_an_edit_or_after_it()
    {
        ConfigurationResult result = ConfigurationLoader.LoadText(Router, "race.yaml", new RulesetTexts().With("race.pf.conf", Rules));
        Assert.Empty(result.Errors);
        using var node = new ApplianceNode(result.Model!, new NodeOptions { Workers = Workers });
        var flows = new RaceFlows();
        bool mayReceive = true;
        foreach (Worker worker in node.Workers)
        {
            foreach (ushort port in (ushort[])[0, 1])
            {
                var queue = new RaceQueue(new PortId(port), worker.Pool, flows, worker.Id, Workers, port == 0 ? long.MaxValue : 0,
                    () => Volatile.Read(ref mayReceive) && Received(node) - Ended(node) < 800);
                worker.Attach(new PortId(port), queue);
            }
        }

        using (WorkerThreads threads = WorkerThreads.Start(node))
        {
            for (int edit = 0; edit < Edits; edit++)
            {
                Assert.Equal(TableFault.None, node.Tables.Replace("t", edit % 2 == 0 ? Destinations : Sources).Fault);
                if (edit % 64 == 0) threads.Tend();
            }

            Volatile.Write(ref mayReceive, false);
            while (Ended(node) < Received(node)) Thread.Yield();
        }

        node.StepUntilIdle(default);
        NodeAccounts accounts = node.ReadAccounts();
        TestContext.Current.SendDiagnosticMessage($"{Edits} edits, {accounts.Received} frames");
        Assert.True(accounts.Received > Edits, $"Only {accounts.Received} frames");
        Assert.Equal("", string.Join(", ", accounts.Drops.Where(drop => drop.Value > 0)));
        Assert.Null(flows.Fault);
    }

    private static TableEntry Entry(string text) =>
        IpPrefix.TryParse(text, out IpPrefix prefix) ? new TableEntry(prefix) : throw new FormatException(text);

    private static long Received(ApplianceNode node) => node.Workers.Sum(worker => worker.Counters.Received);

    private static long Ended(ApplianceNode node) => node.Workers.Sum(worker => worker.Counters.Transmitted + worker.Counters.Dropped);
}
