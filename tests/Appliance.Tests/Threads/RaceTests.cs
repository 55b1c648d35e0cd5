using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Node;
using Appliance.Testing;
using Appliance.Threads;
using Xunit;

namespace Appliance.Tests.Threads;

/// <summary>The real workers on real threads, while buckets move and keys change all the time.</summary>
public sealed class RaceTests
{
    private const int Workers = 2;

    private const string Router = """
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24]}
          wan: {backend: pcap, addresses: [203.0.113.2/24]}
        routes: [{to: 0.0.0.0/0, via: 203.0.113.1}]

        """;

    [Fact]
    public void No_more_frames_than_the_queues_hold_are_all_forwarded_and_in_order()
    {
        long frames = TestSize.Of(person: 2_000_000, server: 10_000_000, soak: 100_000_000);
        NodeAccounts accounts = Race(frames, mostUnderWay: 800);         // a ring holds 1024
        Assert.Equal("", string.Join(", ", accounts.Drops.Where(drop => drop.Value > 0)));
    }

    [Fact]
    public void Frames_without_limit_are_all_accounted_for_and_in_order()
    {
        long frames = TestSize.Of(person: 1_000_000, server: 5_000_000, soak: 20_000_000);
        NodeAccounts accounts = Race(frames, mostUnderWay: long.MaxValue);
        Assert.All(accounts.Drops.Keys, reason => Assert.Equal("queue-full", reason));
    }

    private static NodeAccounts Race(long frames, long mostUnderWay)
    {
        using var node = new ApplianceNode(ModelOf("vrss: {rebalance: on}\n"), new NodeOptions { Workers = Workers });
        var flows = new RaceFlows();
        Attach(node, flows, frames / Workers, () => Received(node) - Ended(node) < mostUnderWay);
        (int moves, int swaps) = (0, 0);
        using (WorkerThreads threads = WorkerThreads.Start(node))
            (moves, swaps) = ChangeAllTheTime(node, threads, frames);
        node.StepUntilIdle(default);                                    // frames on their way home when the threads stopped

        NodeAccounts accounts = node.ReadAccounts();
        TestContext.Current.SendDiagnosticMessage($"{frames} frames, {moves} moves, {swaps} changes of key, {accounts.Dropped} dropped");
        Assert.Null(flows.Fault);
        Assert.Equal(frames, flows.Entered);
        Assert.Equal(frames, accounts.Received);
        Assert.Equal(accounts.Dropped, flows.Missing);
        Assert.Equal(accounts.Received, accounts.Transmitted + accounts.Dropped);
        Assert.All(node.Workers, worker => Assert.Equal(0, worker.Pool.InFlight));
        Assert.True(moves > 0 && swaps > 0, $"Only {moves} moves and {swaps} changes of key.");
        return accounts;
    }

    private static RuntimeModel ModelOf(string steering)
    {
        ConfigurationResult result = ConfigurationLoader.LoadText(Router + steering, "race.yaml");
        Assert.Empty(result.Errors);
        return result.Model!;
    }

    private static void Attach(ApplianceNode node, RaceFlows flows, long quota, Func<bool> mayReceive)
    {
        foreach (Worker worker in node.Workers)
        {
            worker.Attach(new PortId(0), new RaceQueue(new PortId(0), worker.Pool, flows, worker.Id, Workers, quota, mayReceive));
            worker.Attach(new PortId(1), new RaceQueue(new PortId(1), worker.Pool, flows, worker.Id, Workers, quota: 0, mayReceive));
        }
    }

    /// <summary>Until every frame has ended, and the last change too.</summary>
    private static (int Moves, int Swaps) ChangeAllTheTime(ApplianceNode node, WorkerThreads threads, long frames)
    {
        RuntimeModel[] models = [ModelOf("vrss: {key: microsoft}\n"), ModelOf("vrss: {indirection: 64}\n"), ModelOf("")];
        var random = new Random(1);
        (int moves, int swaps) = (0, 0);
        while (Ended(node) < frames || !node.IsSteeringSettled)
        {
            threads.Tend();
            if (node.IsSteeringSettled && Ended(node) < frames)
            {
                if (random.Next(8) == 0 || swaps == 0) node.Apply(models[swaps++ % models.Length]);
                else if (node.TryMoveBuckets(SomeTable(node, random))) moves++;
            }

            Thread.Yield();
        }

        return (moves, swaps);
    }

    private static long Received(ApplianceNode node) => node.Workers.Sum(worker => worker.Counters.Received);

    private static long Ended(ApplianceNode node) => node.Workers.Sum(worker => worker.Counters.Transmitted + worker.Counters.Dropped);

    private static IndirectionTable SomeTable(ApplianceNode node, Random random) =>
        new([.. node.Steering.Table.Owners.Select(owner => random.Next(4) == 0 ? (ushort)random.Next(Workers) : owner)]);
}
