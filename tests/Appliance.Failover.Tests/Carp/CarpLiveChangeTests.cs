using Appliance.Engine;
using Appliance.Wire.Carp;
using Xunit;
using static Appliance.Failover.Tests.CarpBench;

namespace Appliance.Failover.Tests;

/// <summary>Addresses, key and interval change while the group runs: in FreeBSD that costs the mastership, or makes two masters.</summary>
public sealed class CarpLiveChangeTests
{
    private const string One = "192.0.2.10", Two = "192.0.2.10 192.0.2.11";

    [Fact]
    public void A_master_stays_master_and_speaks_for_both_configurations_for_a_while()
    {
        CarpBench bench = Master();
        bench.Do(now => bench.Node.Adopt(Settings(OnWan(Two)), now));
        Assert.Equal(CarpState.Master, bench.Group.State);
        Assert.Equal([One, Two], Verifying(bench));
        bench.Take();
        bench.Pass(10 * Second);
        Assert.Equal(10, Verifying(bench).Count(words => words == One));
        Assert.Equal(10, Verifying(bench).Count(words => words == Two));

        bench.Pass(300 * Second);
        bench.Take();
        bench.Pass(10 * Second);
        Assert.All(Verifying(bench), words => Assert.Equal(Two, words));
    }

    [Fact]
    public void A_backup_believes_both_for_a_while()
    {
        var bench = new CarpBench(Settings(OnWan(One)));
        bench.Do(now => bench.Node.Adopt(Settings(OnWan(Two)), now));
        Assert.Equal(CarpRefusal.None, HearAs(bench, OnWan(One)));
        Assert.Equal(CarpRefusal.None, HearAs(bench, OnWan(Two)));
        bench.Pass(300 * Second);
        Assert.Equal(CarpRefusal.BadAuthentication, HearAs(bench, OnWan(One)));
        Assert.Equal(CarpRefusal.None, HearAs(bench, OnWan(Two)));
    }

    [Fact]
    public void A_key_is_changed_the_same_way()
    {
        CarpBench bench = Master();
        CarpGroupSettings rekeyed = OnWan() with { Key = Key("hate") };
        bench.Do(now => bench.Node.Adopt(Settings(rekeyed), now));
        Assert.Equal(CarpState.Master, bench.Group.State);
        Assert.Equal(CarpRefusal.None, HearAs(bench, OnWan(), new CarpInterval(1, 9)));
        Assert.Equal(CarpRefusal.None, HearAs(bench, rekeyed, new CarpInterval(1, 9)));
        Assert.Equal(CarpRefusal.BadAuthentication, HearAs(bench, OnWan() with { Key = Key("envy") }));
    }

    /// <summary>The other box may have any of them, and most likely the oldest: it was not told yet.</summary>
    [Fact]
    public void What_is_changed_again_while_a_change_is_on_leaves_each_former_proof_its_time()
    {
        CarpBench bench = Master();
        Rekey("second");
        bench.Pass(5 * Second);
        Rekey("third");
        foreach (string key in new[] { "love", "second", "third" }) Assert.Equal(CarpRefusal.None, HearWith(key));
        bench.Take();
        bench.Pass(10 * Second);
        Assert.Equal(10, Verifying(bench).Count(words => words == One));
        bench.Pass(286 * Second);
        Assert.Equal(CarpRefusal.BadAuthentication, HearWith("love"));
        Assert.Equal(CarpRefusal.None, HearWith("second"));
        bench.Pass(5 * Second);
        Assert.Equal(CarpRefusal.BadAuthentication, HearWith("second"));
        Assert.Equal(CarpRefusal.None, HearWith("third"));

        void Rekey(string key) => bench.Do(now => bench.Node.Adopt(Settings(OnWan() with { Key = Key(key) }), now));
        CarpRefusal HearWith(string key) => HearAs(bench, OnWan() with { Key = Key(key) }, new CarpInterval(1, 9));
    }

    [Fact]
    public void However_often_it_is_changed_the_oldest_proof_has_its_time_and_few_are_sent()
    {
        CarpBench bench = Master();
        for (int change = 1; change <= 20; change++)
        {
            CarpGroupSettings next = OnWan() with { Key = Key($"{change}") };
            bench.Do(now => bench.Node.Adopt(Settings(next), now));
        }

        Assert.Equal(CarpRefusal.None, HearAs(bench, OnWan(), new CarpInterval(1, 9)));
        Assert.Equal(CarpRefusal.None, HearAs(bench, OnWan() with { Key = Key("19") }, new CarpInterval(1, 9)));
        bench.Take();
        bench.Pass(Second);
        Assert.Equal(CarpProofs.MaxFormer + 1, bench.Said.Count(said => said.StartsWith("advertise", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_is_changed_back_is_said_once()
    {
        CarpBench bench = Master();
        bench.Do(now => bench.Node.Adopt(Settings(OnWan(Two)), now));
        bench.Do(now => bench.Node.Adopt(Settings(OnWan(One)), now));
        bench.Take();
        bench.Pass(Second);
        Assert.Single(Verifying(bench), words => words == One);
        Assert.Single(Verifying(bench), words => words == Two);
    }

    [Fact]
    public void A_port_that_is_renamed_takes_what_its_groups_weigh_along()
    {
        var bench = new CarpBench(Settings(OnWan(), OnLan(vhid: 1)));
        bench.SetPort(Wan, LinkState.Down);
        Assert.Equal("240 = 240 InterfaceDown 1@wan", bench.Node.Ledger.ToString());
        Tell(Wan, "lan", LinkState.Down);                      // they change places
        Tell(Lan, "wan", LinkState.Up);
        Assert.Equal("240 = 240 InterfaceDown 1@lan", bench.Node.Ledger.ToString());
        Tell(Wan, "lan", LinkState.Up);
        Assert.Equal("0", bench.Node.Ledger.ToString());

        void Tell(PortId port, string name, LinkState link) =>
            bench.Do(now => bench.Node.OnPort(Port(port, link) with { Name = name }, now));
    }

    [Fact]
    public void A_port_that_is_renamed_while_nothing_can_be_sent_is_forgiven_by_its_new_name()
    {
        var bench = new CarpBench(Settings(OnWan()));
        bench.Pass(4 * Second);
        var action = new CarpAction { Kind = CarpActionKind.SendAdvertisement, Group = bench.Group };
        for (int i = 0; i < 3; i++) bench.Do(now => bench.Node.OnSent(action, CarpSendOutcome.Failed, now));
        Assert.Equal("240 = 240 SendErrors 1@wan", bench.Node.Ledger.ToString());
        bench.Do(now => bench.Node.OnPort(Port(Wan) with { Name = "dmz" }, now));
        Assert.Equal("240 = 240 SendErrors 1@dmz", bench.Node.Ledger.ToString());
        for (int i = 0; i < 3; i++) bench.Do(now => bench.Node.OnSent(action, CarpSendOutcome.Sent, now));
        Assert.Equal("0", bench.Node.Ledger.ToString());
    }

    [Fact]
    public void The_same_configuration_read_again_changes_and_says_nothing()
    {
        CarpBench bench = Master();
        bench.Do(now => bench.Node.Adopt(Settings(OnWan(One)), now));
        Assert.Equal("", bench.Take());
    }

    [Fact]
    public void New_addresses_are_announced_and_a_new_interval_is_said()
    {
        CarpBench bench = Master();
        bench.Do(now => bench.Node.Adopt(Settings(OnWan(Two, skew: 5)), now));
        Assert.Equal("advertise 1+5, advertise 1+5, announce 192.0.2.10, announce 192.0.2.11", bench.Take());
    }

    /// <summary>It may be that another has taken over while this box slept: then nobody is to hear of it.</summary>
    [Fact]
    public void Who_listens_says_what_is_new_when_it_has_listened_and_is_master_still()
    {
        CarpBench bench = Master();
        bench.Node.IsListening = true;
        bench.Do(now => bench.Node.Adopt(Settings(OnWan(Two, skew: 5)), now));
        Assert.Equal("", bench.Take());
        bench.Node.IsListening = false;
        bench.Pass(Second / 100);
        Assert.StartsWith("announce 192.0.2.10, announce 192.0.2.11", bench.Take(), StringComparison.Ordinal);
        bench.Pass(Second);
        Assert.Contains("advertise 1+5", bench.Take(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_proves_the_same_is_said_once()
    {
        CarpBench bench = Master();
        bench.Do(now => bench.Node.Adopt(Settings(OnWan(skew: 5)), now));
        Assert.Equal("advertise 1+5, announce 192.0.2.10", bench.Take());
    }

    [Fact]
    public void A_group_that_is_gone_bows_out_and_a_new_one_begins_as_backup()
    {
        CarpBench bench = Master();
        bench.Do(now => bench.Node.Adopt(Settings(OnWan("192.0.2.20", vhid: 9)), now));
        Assert.Equal(["advertise 255+255", "stand down"], bench.Said);
        Assert.Equal((9, CarpState.Backup), (bench.Group.Settings.Vhid, bench.Group.State));
        bench.Take();
        bench.Pass(3 * Second);
        Assert.StartsWith("take over", bench.Take(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_removed_group_weighed_in_the_ledger_goes_with_it()
    {
        var bench = new CarpBench(Settings(OnWan(), OnLan()));
        bench.SetPort(Wan, LinkState.Down);
        Assert.Equal(240, bench.Node.Ledger.Total);
        bench.Do(now => bench.Node.Adopt(Settings(OnLan()), now));
        Assert.Equal(0, bench.Node.Ledger.Total);
    }

    [Fact]
    public void A_family_that_is_added_is_waited_for_and_one_that_is_removed_no_longer()
    {
        var bench = new CarpBench(Settings(OnWan("192.0.2.10 2001:db8::10")));
        bench.Do(now => bench.Node.Adopt(Settings(OnWan(One)), now));
        for (int i = 0; i < 10; i++)
        {
            bench.Pass(Second);
            HearAs(bench, OnWan(One));
        }

        Assert.Equal(CarpState.Backup, bench.Group.State);
        bench.Do(now => bench.Node.Adopt(Settings(OnWan("192.0.2.10 2001:db8::10")), now));
        for (int i = 0; i < 2; i++)
        {
            bench.Pass(Second);
            HearAs(bench, OnWan(One));
        }

        Assert.Equal(CarpState.Backup, bench.Group.State);
        bench.Pass(Second);
        Assert.Equal(CarpState.Master, bench.Group.State);
    }

    private static CarpBench Master()
    {
        var bench = new CarpBench(Settings(OnWan(One)));
        bench.Pass(10 * Second);
        bench.Take();
        return bench;
    }

    private static CarpRefusal HearAs(CarpBench bench, CarpGroupSettings as_, CarpInterval? interval = null)
    {
        CarpInterval said = interval ?? new CarpInterval(1, 0);
        var fields = new CarpFields(as_.Vhid, said.BaseSeconds, said.Skew, bench.NextCounter++);
        return bench.HearFrame(Wan, AdvertisementFrames.Make(as_, Rival, fields));
    }

    /// <summary>For which configuration each advertisement that was sent speaks.</summary>
    private static List<string> Verifying(CarpBench bench)
    {
        List<string> found = [];
        foreach (byte[] frame in bench.Frames.Where(frame => frame[12] == 8 && frame[13] == 0))
        {
            Assert.True(CarpView.TryParse(frame.AsSpan(AdvertisementFrames.Ipv4PayloadOffset), out CarpView view));
            foreach (string addresses in new[] { One, Two })
            {
                CarpGroupSettings settings = OnWan(addresses);
                if (CarpHmac.Of(settings.Key, settings.Vhid, settings.Addresses.AsSpan()).Verifies(view)) found.Add(addresses);
            }
        }

        return found;
    }
}
