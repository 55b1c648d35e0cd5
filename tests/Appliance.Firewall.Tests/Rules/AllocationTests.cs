using Appliance.Engine;
using Xunit;

namespace Appliance.Firewall.Tests;

public sealed class AllocationTests
{
    [Fact]
    public void Judging_allocates_nothing()
    {
        var random = new RandomRules(seed: 1);
        List<Rule> rules = [.. Enumerable.Range(0, 20).SelectMany(_ => random.DrawRules(RuleOrder.LastMatch))];
        var matcher = new CompiledEvaluator(CompiledRules.Compile(RuleList.Create(RuleOrder.LastMatch, rules)), RoutesOfTest.Instance,
            KeyedRandom.FromSeed(1));
        PacketView[] packets = [.. Enumerable.Range(0, 500).Select(ordinal => random.DrawPacket((ulong)ordinal))];
        Judge(matcher, packets);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int decided = Judge(matcher, packets);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(decided > packets.Length / 2);
    }

    [Fact]
    public void Looking_into_a_table_allocates_nothing()
    {
        var table = new AddressTable("t", countsEntries: true);
        table.Add(Packets.Entry("10.0.0.0/8"), Packets.Entry("2001:db8::/32"));
        table.Delete(Packets.Entry("10.0.0.0/8"));
        table.Add(Packets.Entry("!10.0.0.0/8"), Packets.Entry("10.1.0.0/16"));
        TableCounters counters = table.OpenCounters()!;
        Look(table, counters);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int members = Look(table, counters);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(200, members);
    }

    private static int Judge(CompiledEvaluator matcher, PacketView[] packets)
    {
        var match = new RuleMatch();
        int decided = 0;
        foreach (ref readonly PacketView packet in packets.AsSpan())
        {
            matcher.Evaluate(packet, ref match);
            while (match.IsPending) matcher.Resume(packet, ref match);
            matcher.Counters.CountDecision(match, packet);
            if (!match.IsDefault) decided++;
        }

        return decided;
    }

    private static int Look(AddressTable table, TableCounters counters)
    {
        int members = 0;
        for (uint i = 0; i < 200; i++)
        {
            if (!table.TryFind(0x0a01_0000 + i, isV6: false, out TableHit hit) || hit.Entry.IsNegated) continue;
            counters.Count(hit.Slot, RuleDirection.In, passed: true, packets: 1, bytes: 60);
            if (table.Contains(0x0a01_0000 + i, isV6: false)) members++;
        }

        return members;
    }
}
