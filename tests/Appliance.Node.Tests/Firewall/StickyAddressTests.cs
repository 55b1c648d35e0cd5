using Appliance.Engine;
using Xunit;
using static Appliance.Node.Tests.Firewall.NatTests;

namespace Appliance.Node.Tests.Firewall;

/// <summary>
/// <c>sticky-address</c>: a source keeps its address while it has states, whatever becomes of the ruleset, and <c>src.track</c> seconds
/// longer.
/// </summary>
public sealed class StickyAddressTests
{
    private const long Second = 1_000_000_000;
    private const string Head = Boxes.Edge + Boxes.Ruleset, Filter = "pass all\n";
    private const string Nat = "nat on wan inet from 192.168.1.0/24 to any -> 203.0.113.32/29 round-robin sticky-address\n";
    private const string Rdr = "rdr on wan inet proto udp from any to 203.0.113.2 -> 192.168.1.80/29 round-robin sticky-address\n";
    private const string RouteTo =
        "pass in on lan inet proto udp route-to { (wan 203.0.113.7), (wan 203.0.113.8), (wan 203.0.113.9) } round-robin sticky-address\n";

    private ushort _port = 1000;

    public static TheoryData<string, int> Kinds
    {
        get
        {
            var all = new TheoryData<string, int>();
            foreach (string kind in (string[])["nat", "rdr", "route-to"])
            {
                all.Add(kind, 1);
                all.Add(kind, 4);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_source_keeps_its_address_and_others_take_their_turns(string kind, int vcpus)
    {
        using var box = new Box(Head + Rules(kind), vcpus);
        string[] first = [.. Enumerable.Range(10, 3).Select(host => Ask(box, kind, host))];
        Assert.Equal(3, first.Distinct(StringComparer.Ordinal).Count());
        for (int again = 0; again < 10; again++)
            Assert.Equal(first, Enumerable.Range(10, 3).Select(host => Ask(box, kind, host)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_reload_sends_nobody_elsewhere(string kind, int vcpus)
    {
        using var box = new Box(Head + Rules(kind), vcpus);
        string[] first = [.. Enumerable.Range(10, 3).Select(host => Ask(box, kind, host))];
        for (int reload = 0; reload < 5; reload++)
        {
            StateLimitTests.Reload(box, Head + Rules(kind) + string.Concat(Enumerable.Repeat("match in on wan\n", reload)));
            Assert.Equal(first, Enumerable.Range(10, 3).Select(host => Ask(box, kind, host)));
        }
    }

    /// <summary>What began under a ruleset that is gone ends, and with it what its source is remembered for.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void After_the_last_state_a_source_takes_its_turn_again_whichever_ruleset_made_it(string kind, int vcpus)
    {
        using var box = new Box(Head + Rules(kind), vcpus);
        string first = Ask(box, kind, 10);
        StateLimitTests.Reload(box, Head + Rules(kind) + "match in on wan\n");
        Assert.Equal(first, Ask(box, kind, 10));
        box.Wait(61 * Second).Node.StepUntilIdle(box.Now);
        Assert.Equal(box.Node.ReadAccounts().StatesCreated, box.Node.ReadAccounts().StatesEnded);
        Assert.NotEqual(first, Ask(box, kind, 10));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Src_track_remembers_a_source_without_states(string kind, int vcpus)
    {
        string rules = Head + "set timeout src.track 100\n" + Rules(kind);
        using var box = new Box(rules, vcpus);
        string first = Ask(box, kind, 10);
        box.Wait(61 * Second).Node.StepUntilIdle(box.Now);                  // the state has ended, udp.first: 60 s
        Assert.Equal(box.Node.ReadAccounts().StatesCreated, box.Node.ReadAccounts().StatesEnded);
        box.Wait(50 * Second).Node.StepUntilIdle(box.Now);
        StateLimitTests.Reload(box, rules + "match in on wan\n");
        Assert.Equal(first, Ask(box, kind, 10));
        box.Wait(61 * Second).Node.StepUntilIdle(box.Now);
        box.Wait(101 * Second).Node.StepUntilIdle(box.Now);
        Assert.NotEqual(first, Ask(box, kind, 10));
    }

    /// <summary>Another pool is another memory, and an address that is not in the pool is nobody's.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_source_does_not_keep_an_address_that_its_pool_does_not_have(int vcpus)
    {
        const string Table = "table <outer> persist {{ {0} }}\nnat on wan inet from any to any -> <outer> round-robin sticky-address\n";
        using var box = new Box(Head + string.Format(null, Table, "203.0.113.40 203.0.113.41") + Filter, vcpus);
        string first = Ask(box, "nat", 10);
        StateLimitTests.Reload(box, Head + string.Format(null, Table, $"{first} 203.0.113.44") + Filter);
        Assert.Equal(first, Ask(box, "nat", 10));
        StateLimitTests.Reload(box, Head + string.Format(null, Table, "203.0.113.50 203.0.113.51") + Filter);
        string second = Ask(box, "nat", 10);
        Assert.Contains(second, (string[])["203.0.113.50", "203.0.113.51"]);
        Assert.Equal(second, Ask(box, "nat", 10));
        StateLimitTests.Reload(box, Head + Nat + Filter);
        Assert.StartsWith("203.0.113.3", Ask(box, "nat", 10), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Memories_are_told_of_ends_wherever_buckets_have_gone(int vcpus)
    {
        using var box = new Box(Head + Rules("nat"), vcpus);
        var random = new Random(9);
        string[] first = [.. Enumerable.Range(10, 8).Select(host => Ask(box, "nat", host))];
        for (int round = 0; round < 5; round++)
        {
            box.Node.TryMoveBuckets(new IndirectionTable([.. box.Node.Steering.Table.Owners.Select(_ => (ushort)random.Next(vcpus))]));
            Assert.Equal(first, Enumerable.Range(10, 8).Select(host => Ask(box, "nat", host)));
        }

        Assert.Equal(8, first.Distinct(StringComparer.Ordinal).Count());
        Ask(box, "nat", 30);
        box.Wait(61 * Second).Node.StepUntilIdle(box.Now);
        Assert.NotEqual(first, Enumerable.Range(10, 8).Select(host => Ask(box, "nat", host)));
    }

    private static string Rules(string kind) => kind switch
    {
        "nat" => Nat + Filter,
        "rdr" => Rdr + Filter,
        _ => Filter + RouteTo,
    };

    /// <summary>A new flow of a host's; what it was given: of a route the next hop, by its MAC address.</summary>
    private string Ask(Box box, string kind, int host)
    {
        _port++;
        byte[] came = Udp($"198.51.100.{host}", _port, "203.0.113.2", 53);
        if (kind == "rdr") return Ends.Of(box.Send("wan", came).Forwarded("lan")).Destination;
        byte[] left = box.Send("lan", Udp($"192.168.1.{host}", _port, Boxes.Outside, 53)).Forwarded("wan");
        return kind == "nat" ? Ends.Of(left).Source : Convert.ToHexString(left.AsSpan(0, 6));
    }
}
