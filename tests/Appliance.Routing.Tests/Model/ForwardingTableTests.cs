using System.Collections.Immutable;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Routing.Tests.Model;

public sealed class ForwardingTableTests
{
    private static readonly NeighbourTable Nobody = new([], inventUnknown: false);

    [Fact]
    public void Random_changes_lead_where_the_plainest_search_does()
    {
        int seed = TestSize.Seed(20_262);
        var random = new Random(seed);
        for (int round = 0; round < TestSize.Of(10, 50, 2000); round++)
        {
            ImmutableArray<Route> configured =
                [.. Enumerable.Range(0, 5).Select(_ => new Route(RandomPrefix(random), RandomTarget(random)))];
            using var table = new ForwardingTable(configured, Nobody);
            var learned = new Dictionary<IpPrefix, RouteTarget>();
            for (int step = 0; step < 400; step++)
            {
                var change = new RouteChange(RandomPrefix(random), random.Next(3) == 0 ? null : RandomTarget(random));
                Assert.True(table.Learn(change));
                if (change.Target is null) learned.Remove(change.To);
                else learned[change.To] = change.Target;
                if (random.Next(10) == 0) table.Settle(table.EndChange());
            }

            Dictionary<IpPrefix, RouteTarget> all = new(learned);
            foreach (Route route in configured.Reverse()) all[route.To] = route.Target;
            Assert.Equal(learned.Count, table.LearnedCount);
            Assert.Equal(
                learned.OrderBy(route => $"{route.Key}"),
                table.ReadLearned().Select(route => KeyValuePair.Create(route.To, route.Target)).OrderBy(route => $"{route.Key}"));
            foreach (IpAddress address in all.Keys.SelectMany(prefix => new[] { prefix.Address, RandomIn(prefix, random) }))
            {
                IpPrefix? match = all.Keys.Where(prefix => prefix.Contains(address)).OrderByDescending(prefix => prefix.Length)
                    .Cast<IpPrefix?>().FirstOrDefault();
                int found = table.Find(address);
                Assert.True(
                    match is null ? found < 0 : found >= 0 && table.TargetOf(found).Equals(all[match.Value]),
                    $"seed {seed}, round {round}: {address}");
                Assert.Equal(match, table.MatchOf(address));
            }
        }
    }

    [Fact]
    public void Who_has_looked_a_number_up_finds_what_it_meant_until_it_says_that_it_is_done()
    {
        using var table = new ForwardingTable([], Nobody);
        table.Learn(new RouteChange(Prefix("10.0.0.0/8"), Target("192.0.2.1")));
        int number = table.Find(TestFrames.V4("10.1.1.1"));
        table.Learn(new RouteChange(Prefix("10.0.0.0/8"), null));
        uint change = table.EndChange();
        for (int i = 2; i < 100; i++) table.Learn(new RouteChange(Prefix($"10.{i}.0.0/16"), Target($"192.0.2.{i}")));
        Assert.Equal(Target("192.0.2.1"), table.TargetOf(number));
        Assert.Equal(1, table.WaysOf(number).For(0).Port);
        table.Settle(change);
        table.Learn(new RouteChange(Prefix("10.200.0.0/16"), Target("192.0.2.200")));
        Assert.Equal(number, table.Find(TestFrames.V4("10.200.1.1")));
        Assert.Equal(Target("192.0.2.200"), table.TargetOf(number));
    }

    [Fact]
    public void Targets_that_come_and_go_without_end_need_no_more_numbers_than_are_in_use()
    {
        using var table = new ForwardingTable([], Nobody);
        for (int i = 0; i < 3 * ForwardingTable.MaximumTargets; i++)
        {
            var target = new RouteTarget("bgp", TargetKind.Unicast, [new NextHop(1, new Ipv4Address((uint)i))]);
            Assert.True(table.Learn(new RouteChange(Prefix("10.0.0.0/8"), target)));
            table.Settle(table.EndChange());
        }
    }

    [Fact]
    public void More_targets_than_there_are_numbers_are_refused_and_what_was_there_is_gone()
    {
        using var table = new ForwardingTable([], Nobody);
        for (uint i = 0; i < ForwardingTable.MaximumTargets; i++)
            Assert.True(table.Learn(new RouteChange(Host(i), Target(new Ipv4Address(i)))));
        Assert.False(table.Learn(new RouteChange(Host(5), Target(new Ipv4Address(0xffff_0000)))));
        Assert.Equal(ForwardingTable.NoRoute, table.Find(Host(5).Address));
        Assert.True(table.Learn(new RouteChange(Host(6), Target(new Ipv4Address(7)))));     // one that others lead to already
    }

    [Fact]
    public void A_configuration_with_more_targets_than_there_are_numbers_keeps_the_first_and_tells_the_others()
    {
        const int More = 5;
        ImmutableArray<Route> routes = [.. Enumerable.Range(0, ForwardingTable.MaximumTargets + More)
            .Select(i => new Route(Host((uint)i), Target(new Ipv4Address((uint)i))))];
        using var table = new ForwardingTable(routes, Nobody);
        Assert.Equal(routes[^More..], table.Refused);
        Assert.Equal(0, table.LearnedCount);
        Assert.Equal(routes[^(More + 1)].Target, table.TargetOf(table.Find(routes[^(More + 1)].To.Address)));
        Assert.Equal(ForwardingTable.NoRoute, table.Find(routes[^1].To.Address));
        Assert.True(table.Is(routes, Nobody));
    }

    [Fact]
    public void What_was_learned_and_finds_no_room_beside_another_configuration_is_told()
    {
        using var table = new ForwardingTable([], Nobody);
        for (uint i = 0; i < ForwardingTable.MaximumTargets; i++) table.Learn(new RouteChange(Host(i), Target(new Ipv4Address(i))));
        Route configured = new(Prefix("192.168.0.0/16"), new RouteTarget(RouteTarget.Configured, TargetKind.Blackhole, []));
        using ForwardingTable next = table.With([configured], Nobody, _ => true);
        Route refused = Assert.Single(next.Refused);
        Assert.Equal(ForwardingTable.MaximumTargets - 1, next.LearnedCount);
        Assert.Equal(ForwardingTable.NoRoute, next.Find(refused.To.Address));
        Assert.True(next.TargetOf(next.Find(configured.To.Address)).IsEnd);
    }

    [Fact]
    public void A_route_of_the_configuration_hides_a_learned_one_until_another_configuration_has_none()
    {
        Route configured = new(Prefix("10.0.0.0/8"), new RouteTarget(RouteTarget.Configured, TargetKind.Blackhole, []));
        using var table = new ForwardingTable([configured], Nobody);
        table.Learn(new RouteChange(configured.To, Target("192.0.2.1")));
        table.Learn(new RouteChange(Prefix("10.1.0.0/16"), Target("192.0.2.2")));
        Assert.Equal(TargetKind.Blackhole, table.TargetOf(table.Find(TestFrames.V4("10.2.0.1"))).Kind);
        Assert.Equal(2, table.LearnedCount);
        using ForwardingTable next = table.With([], Nobody, _ => true);
        Assert.Equal(Target("192.0.2.1"), next.TargetOf(next.Find(TestFrames.V4("10.2.0.1"))));
        using ForwardingTable without = table.With([], Nobody, port => port != 1);
        Assert.Equal(0, without.LearnedCount);
    }

    [Fact]
    public void A_shared_table_lives_as_long_as_anybody_holds_it()
    {
        var table = new ForwardingTable([], Nobody);
        table.Learn(new RouteChange(Prefix("10.0.0.0/8"), Target("192.0.2.1")));
        using (ForwardingTable shared = table.Share()) table.Dispose();
        Assert.True(table.Is([], Nobody));
        Assert.False(table.Is([new Route(Prefix("10.0.0.0/8"), Target("192.0.2.1"))], Nobody));
    }

    [Fact]
    public void A_table_of_the_internet_fits()
    {
        uint v4 = (uint)TestSize.Of(100_000, 1_000_000, 1_000_000);
        using var table = new ForwardingTable([], Nobody);
        RouteTarget[] targets = [.. Enumerable.Range(1, 200).Select(i => Target(new Ipv4Address((uint)i)))];
        for (uint i = 0; i < v4; i++)
            Assert.True(table.Learn(new RouteChange(new IpPrefix(new Ipv4Address((0x0100_0000 + (i * 3)) << 8), 24), targets[i % 200])));
        for (uint i = 0; i < v4 / 5; i++)
        {
            var network = new Ipv6Address(new UInt128(0x2000_0000_0000_0000 + ((ulong)i << 19), 0));
            Assert.True(table.Learn(new RouteChange(new IpPrefix(network, 45).Canonical, targets[i % 200])));
        }

        Assert.Equal(targets[(v4 - 1) % 200], table.TargetOf(table.Find(new Ipv4Address(((0x0100_0000 + ((v4 - 1) * 3)) << 8) + 9))));
    }

    private static IpPrefix RandomPrefix(Random random)
    {
        int length = random.Next(0, 4) == 0 ? random.Next(33) : random.Next(8, 33);
        uint low = (uint)random.Next(1 << 10) << random.Next(14);
        if (random.Next(2) == 0) return new IpPrefix(new Ipv4Address(0x0a00_0000 | low), length).Canonical;
        ulong upper = (ulong)random.Next(1 << 10) << random.Next(22), lower = (ulong)random.Next(1 << 10) << random.Next(54);
        var bits = new UInt128(0x2001_0db8_0000_0000 | upper, lower);
        return new IpPrefix(new Ipv6Address(bits), random.Next(129)).Canonical;
    }

    private static IpAddress RandomIn(IpPrefix prefix, Random random)
    {
        var noise = new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64());
        int hostBits = prefix.Address.BitLength - prefix.Length;
        UInt128 mask = hostBits == 0 ? 0 : UInt128.MaxValue >> (128 - hostBits);
        UInt128 bits = prefix.Address.Bits | (noise & mask);
        return prefix.Address.IsV6 ? new Ipv6Address(bits) : new Ipv4Address((uint)bits);
    }

    private static RouteTarget RandomTarget(Random random) => random.Next(6) switch
    {
        0 => new RouteTarget("static", TargetKind.Blackhole, []),
        1 => new RouteTarget("static", TargetKind.Prohibit, []),
        2 => new RouteTarget(
            "ospf", TargetKind.Unicast, [new NextHop(1, null), new NextHop(2, TestFrames.V4($"192.0.2.{random.Next(1, 9)}"))]),
        _ => Target($"192.0.2.{random.Next(1, 100)}"),
    };

    private static IpPrefix Host(uint number) => new(new Ipv4Address(0x0a00_0000 + (number << 8)), 24);

    private static RouteTarget Target(string gateway) => Target(TestFrames.V4(gateway));

    private static RouteTarget Target(Ipv4Address gateway) => new("bgp", TargetKind.Unicast, [new NextHop(1, gateway)]);

    private static IpPrefix Prefix(string text) => IpPrefix.TryParse(text, out IpPrefix prefix) ? prefix : throw new FormatException(text);
}
