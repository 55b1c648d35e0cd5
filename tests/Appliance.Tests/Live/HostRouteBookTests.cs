using System.Collections.Immutable;
using Appliance.Routing;
using Appliance.Running;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Tests.Live;

/// <summary>What is told and what is read of the host's routes, put together.</summary>
public sealed class HostRouteBookTests
{
    private static readonly RouteTarget One = Target("ospf", "192.0.2.1"), Other = Target("bgp", "192.0.2.2");
    private static readonly IpPrefix V4 = Prefix("10.0.0.0/8"), V6 = Prefix("2001:db8::/32");

    private readonly HostRouteBook _book = new();

    [Fact]
    public void The_smallest_metric_counts_and_the_next_takes_its_place()
    {
        _book.Tell(V4, 20, One, isAppended: false);
        Assert.Equal([new RouteChange(V4, One)], Take());
        _book.Tell(V4, 30, Other, isAppended: false);
        Assert.Empty(Take());
        _book.TellGone(V4, 20, One);
        Assert.Equal([new RouteChange(V4, Other)], Take());
        _book.Tell(V4, 20, One, isAppended: false);
        _book.TellGone(V4, 30, Other);
        _book.TellGone(V4, 20, One);
        Assert.Equal([new RouteChange(V4, null)], Take());
        Assert.Equal(0, _book.Count);
        Assert.False(_book.IsUnsure);
    }

    [Fact]
    public void One_of_several_weighted_ways_is_gone_though_the_kernel_tells_no_weight_of_it()
    {
        IpAddress near = Address("2001:db8::1"), far = Address("2001:db8::2");
        _book.Tell(V6, 20, Ways(new NextHop(1, near, 3), new NextHop(1, far, 5)), isAppended: false);
        Take();
        _book.TellGone(V6, 20, Ways(new NextHop(1, near)));
        Assert.Equal([new RouteChange(V6, Ways(new NextHop(1, far)))], Take());
        Assert.False(_book.IsUnsure);
    }

    [Fact]
    public void A_flap_between_two_looks_is_one_change()
    {
        for (int i = 0; i < 100; i++)
        {
            _book.Tell(V4, 20, One, isAppended: false);
            _book.TellGone(V4, 20, One);
        }

        _book.Tell(V4, 20, One, isAppended: false);
        Assert.Equal([new RouteChange(V4, One)], Take());
    }

    [Fact]
    public void What_is_told_while_all_is_read_is_the_later_of_the_two()
    {
        _book.Tell(V4, 20, One, isAppended: false);
        _book.Tell(V6, 20, One, isAppended: false);
        Take();
        _book.BeginReading();
        _book.TellGone(V4, 20, One);
        _book.Tell(V6, 20, Other, isAppended: false);
        _book.Read(V4, 20, One);                                        // the kernel wrote this before it told
        _book.Read(V6, 20, One);
        _book.EndReading();
        Assert.Equal([new RouteChange(V4, null), new RouteChange(V6, Other)], Take());
    }

    [Fact]
    public void What_is_not_read_any_more_is_forgotten()
    {
        _book.Tell(V4, 20, One, isAppended: false);
        _book.Tell(V4, 30, Other, isAppended: false);
        _book.Tell(V6, 20, One, isAppended: false);
        Take();
        _book.BeginReading();
        _book.Read(V4, 30, Other);
        _book.EndReading();
        Assert.Equal([new RouteChange(V4, Other), new RouteChange(V6, null)], Take());
    }

    [Fact]
    public void A_reading_in_which_news_were_lost_forgets_nothing_and_is_repeated()
    {
        _book.Tell(V4, 20, One, isAppended: false);
        Take();
        _book.BeginReading();
        _book.Doubt();
        _book.EndReading();
        Assert.Empty(Take());
        Assert.True(_book.IsUnsure);
        _book.BeginReading();
        _book.EndReading();
        Assert.Equal([new RouteChange(V4, null)], Take());
    }

    [Fact]
    public void Of_two_routes_with_one_metric_the_first_counts_and_its_end_calls_for_a_reading()
    {
        _book.Tell(V4, 20, One, isAppended: false);
        _book.Tell(V4, 20, Other, isAppended: true);
        Assert.Equal([new RouteChange(V4, One)], Take());
        _book.TellGone(V4, 20, One);
        Assert.True(_book.IsUnsure);
        _book.BeginReading();
        _book.Read(V4, 20, Other);
        _book.EndReading();
        Assert.Equal([new RouteChange(V4, Other)], Take());
    }

    [Fact]
    public void A_way_of_an_ipv6_route_that_is_gone_leaves_the_others()
    {
        NextHop[] ways = [.. new[] { "2001:db8::1", "2001:db8::2", "2001:db8::3" }.Select(way => new NextHop(1, TestFrames.V6(way)))];
        _book.Tell(V6, 1024, new RouteTarget("bgp", TargetKind.Unicast, [.. ways]), isAppended: false);
        Take();
        _book.TellGone(V6, 1024, new RouteTarget("bgp", TargetKind.Unicast, [ways[1]]));
        Assert.Equal([new RouteChange(V6, new RouteTarget("bgp", TargetKind.Unicast, [ways[0], ways[2]]))], Take());
        _book.TellGone(V6, 1024, new RouteTarget("bgp", TargetKind.Unicast, [ways[0], ways[2]]));
        Assert.Equal([new RouteChange(V6, null)], Take());
    }

    [Fact]
    public void Random_news_and_readings_lead_to_what_the_host_has()
    {
        int seed = TestSize.Seed(20_261);
        var random = new Random(seed);
        for (int round = 0; round < 200; round++)
        {
            var book = new HostRouteBook();
            var host = new SortedDictionary<(string To, uint Metric), RouteTarget>();
            var known = new Dictionary<IpPrefix, RouteTarget>();
            for (int step = 0; step < 40; step++)
            {
                if (random.Next(8) == 0) ReadAll(book, host, random);
                else Change(book, host, random);
                if (random.Next(3) == 0) Follow(book, known);
            }

            while (book.IsUnsure) ReadAll(book, host, random: null);
            Follow(book, known);
            var expected = host.GroupBy(route => route.Key.To).ToDictionary(group => Prefix(group.Key), group => group.First().Value);
            bool isRight = expected.Count == known.Count && expected.All(route => route.Value.Equals(known.GetValueOrDefault(route.Key)));
            Assert.True(isRight, $"seed {seed}, round {round}");
        }
    }

    /// <summary>A change that is told, or one of IPv4 that is not, as when a device goes: then something calls for a reading.</summary>
    private static void Change(HostRouteBook book, SortedDictionary<(string To, uint Metric), RouteTarget> host, Random random)
    {
        bool isV6 = random.Next(2) == 0;
        (string To, uint Metric) route = (isV6 ? $"2001:db8:{random.Next(6)}::/48" : $"10.{random.Next(6)}.0.0/16", (uint)random.Next(3));
        bool isThere = host.TryGetValue(route, out RouteTarget? before);
        if (isThere && random.Next(2) == 0)
        {
            host.Remove(route);
            if (isV6 || random.Next(4) > 0) book.TellGone(Prefix(route.To), route.Metric, before);
            else book.Doubt();
            return;
        }

        host[route] = Target("bgp", $"192.0.2.{random.Next(1, 5)}");
        book.Tell(Prefix(route.To), route.Metric, host[route], isAppended: false);
    }

    /// <summary>All is read, with changes in the middle: of what has been read by then, and of what has not.</summary>
    private static void ReadAll(HostRouteBook book, SortedDictionary<(string To, uint Metric), RouteTarget> host, Random? random)
    {
        book.BeginReading();
        ((string To, uint Metric) Key, RouteTarget Target)[] written = [.. host.Select(route => (route.Key, route.Value))];
        foreach (((string to, uint metric), RouteTarget target) in written)
        {
            if (random?.Next(4) == 0) Change(book, host, random);
            book.Read(Prefix(to), metric, target);
        }

        book.EndReading();
    }

    private static void Follow(HostRouteBook book, Dictionary<IpPrefix, RouteTarget> known)
    {
        var changes = new RouteChange[7];
        for (int count = book.Take(changes); count > 0; count = book.Take(changes))
        {
            foreach (RouteChange change in changes.AsSpan(0, count))
            {
                if (change.Target is null) known.Remove(change.To);
                else known[change.To] = change.Target;
            }
        }
    }

    private ImmutableArray<RouteChange> Take()
    {
        var changes = new RouteChange[16];
        int count = _book.Take(changes);
        return [.. changes[..count]];
    }

    private static RouteTarget Target(string origin, string gateway) =>
        new(origin, TargetKind.Unicast, [new NextHop(1, TestFrames.V4(gateway))]);

    private static RouteTarget Ways(params NextHop[] ways) => new("ospf", TargetKind.Unicast, [.. ways]);

    private static IpAddress Address(string text) =>
        IpAddress.TryParse(text, out IpAddress address) ? address : throw new FormatException(text);

    private static IpPrefix Prefix(string text) => IpPrefix.TryParse(text, out IpPrefix prefix) ? prefix : throw new FormatException(text);
}
