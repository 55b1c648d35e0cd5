using Xunit;
using static Appliance.Node.Tests.Firewall.NatTests;
using Flags = Appliance.Wire.Transport.TcpFlags;

namespace Appliance.Node.Tests.Firewall;

/// <summary>How many states a rule may have and how long they live, over the life of its ruleset and beyond.</summary>
public sealed class StateLimitTests
{
    private const long Second = 1_000_000_000;
    private const string Head = Boxes.Edge + Boxes.Ruleset, Out = "pass out on wan no state\n", Open = Head + Out;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_rule_makes_no_more_states_than_its_max_and_other_rules_go_on(int vcpus)
    {
        using var box = new Box(Open + "pass in on lan proto udp keep state (max 20)\npass in on lan proto udp to port 53\n", vcpus);
        for (ushort port = 1; port <= 20; port++) box.Send("lan", Udp(Boxes.LanHost, port, Boxes.Outside, 80)).Forwarded("wan");
        box.Send("lan", Udp(Boxes.LanHost, 21, Boxes.Outside, 80)).MustBeDropped("state-limit");
        box.Send("lan", Udp(Boxes.LanHost, 1, Boxes.Outside, 80)).Forwarded("wan");
        box.Send("lan", Udp(Boxes.LanHost, 21, Boxes.Outside, 53)).Forwarded("wan");
        box.Wait(61 * Second).Node.StepUntilIdle(box.Now);
        box.Send("lan", Udp(Boxes.LanHost, 22, Boxes.Outside, 80)).Forwarded("wan");
    }

    [Theory]
    [InlineData("label web keep state (max 3)", "", "to port 80 label web keep state (max 4)", 1)]
    [InlineData("keep state (max 3)", "# a line more\n", "keep state (max 3)", 0)]
    [InlineData("keep state (max 3)", "", "keep state (max 5)", 2)]
    [InlineData("keep state (max 3)", "\n", "to port 80 keep state (max 3)", 3)]
    public void A_rule_that_is_still_there_after_a_reload_keeps_its_count(string before, string lines, string after, int left)
    {
        const string Rule = "pass in on lan proto udp ";
        (before, after) = (Rule + before, lines + Rule + after);
        using var box = new Box(Open + before + "\n", vcpus: 2);
        for (ushort port = 1; port <= 3; port++) box.Send("lan", Udp(Boxes.LanHost, port, Boxes.Outside, 80)).Forwarded("wan");
        Reload(box, Open + after + "\n");
        for (ushort port = 11; port < 11 + left; port++) box.Send("lan", Udp(Boxes.LanHost, port, Boxes.Outside, 80)).Forwarded("wan");
        box.Send("lan", Udp(Boxes.LanHost, 20, Boxes.Outside, 80)).MustBeDropped("state-limit");
    }

    [Fact]
    public void Many_reloads_need_no_more_accounts_than_rules_with_states()
    {
        using var box = new Box(Open + "pass in on lan proto udp label r keep state (max 1)\n");
        for (int round = 0; round < 200; round++)
        {
            Reload(box, Open + $"pass in on lan proto udp label r{round} keep state (max 1)\n");
            box.Wait(61 * Second).Send("lan", Udp(Boxes.LanHost, 1, Boxes.Outside, 80)).Forwarded("wan");
            box.Send("lan", Udp(Boxes.LanHost, 2, Boxes.Outside, 80)).MustBeDropped("state-limit");
        }

        Assert.InRange(box.Node.Models.Firewall.Accounts.Max(), 1, 4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_rules_own_timeouts_count_for_its_states_alone_and_when_it_is_gone(int vcpus)
    {
        using var box = new Box(Open + """
            pass in on lan proto udp
            pass in on lan proto udp to port 80 keep state (udp.first 300, udp.single 200)

            """, vcpus);
        byte[] own = Udp(Boxes.LanHost, 1, Boxes.Outside, 80), other = Udp(Boxes.LanHost, 1, Boxes.Outside, 81);
        box.Send("lan", own).Forwarded("wan");
        box.Send("lan", other).Forwarded("wan");
        Reload(box, Open + "block in on lan\n");
        box.Wait(100 * Second).Send("lan", other).MustBeDropped("block");
        box.Wait(199 * Second).Send("lan", own).Forwarded("wan");          // udp.first
        box.Wait(199 * Second).Send("lan", own).Forwarded("wan");          // udp.single
        box.Wait(201 * Second).Send("lan", own).MustBeDropped("block");
    }

    [Fact]
    public void A_short_timeout_of_an_established_connection_is_the_rules()
    {
        using var box = new Box(Open + "pass in on lan proto tcp keep state (tcp.established 60)\n");
        box.Send("lan", Tcp(Boxes.LanHost, 1, Boxes.Outside, 80, Flags.Syn, 1)).Forwarded("wan");
        box.Send("wan", Tcp(Boxes.Outside, 80, Boxes.LanHost, 1, Flags.Syn | Flags.Ack, 9, 2)).Forwarded("lan");
        box.Send("lan", Tcp(Boxes.LanHost, 1, Boxes.Outside, 80, Flags.Ack, 2, 10)).Forwarded("wan");
        box.Wait(59 * Second).Send("lan", Tcp(Boxes.LanHost, 1, Boxes.Outside, 80, Flags.Ack, 2, 10, 5)).Forwarded("wan");
        box.Wait(61 * Second).Node.StepUntilIdle(box.Now);
        Assert.Equal(1, box.Node.ReadAccounts().StatesEnded);
    }

    /// <summary>Twelve states: at a rule's own adaptive.start 4 and .end 20, half of each timeout is left.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_rules_own_adaptive_timeouts_go_by_its_states_on_all_workers(int vcpus)
    {
        using var box = new Box(Open + """
            pass in on lan proto udp
            pass in on lan proto udp to port 80 keep state (adaptive.start 4, adaptive.end 20)

            """, vcpus);
        for (ushort port = 1; port <= 12; port++)
        {
            box.Send("lan", Udp(Boxes.LanHost, port, Boxes.Outside, 80)).Forwarded("wan");
            box.Send("lan", Udp(Boxes.LanHost, port, Boxes.Outside, 81)).Forwarded("wan");
        }

        MustEnd(box, after: 29, ended: 0);
        box.Wait(12 * Second).Node.StepUntilIdle(box.Now);
        Assert.InRange(box.Node.ReadAccounts().StatesEnded, 1, 12);         // those that are left have more time again
        MustEnd(box, after: 20, ended: 24);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Adaptive_timeouts_of_all_go_by_the_states_of_all_workers(int vcpus)
    {
        using var box = new Box(Head + "set timeout { adaptive.start 10, adaptive.end 50 }\n" + Out + "pass in on lan proto udp\n", vcpus);
        for (ushort port = 1; port <= 30; port++) box.Send("lan", Udp(Boxes.LanHost, port, Boxes.Outside, 80)).Forwarded("wan");
        MustEnd(box, after: 29, ended: 0);
        box.Wait(12 * Second).Node.StepUntilIdle(box.Now);
        Assert.InRange(box.Node.ReadAccounts().StatesEnded, 1, 30);         // those that are left have more time again
        MustEnd(box, after: 20, ended: 30);
    }

    [Fact]
    public void The_limit_of_all_states_follows_a_reload()
    {
        using var box = new Box(Head + "set limit states 2\n" + Out + "pass in on lan\n", vcpus: 2);
        for (ushort port = 1; port <= 2; port++) box.Send("lan", Udp(Boxes.LanHost, port, Boxes.Outside, 80)).Forwarded("wan");
        box.Send("lan", Udp(Boxes.LanHost, 3, Boxes.Outside, 80)).MustBeDropped("state-limit");
        Reload(box, Head + "set limit states 3\n" + Out + "pass in on lan\n");
        box.Send("lan", Udp(Boxes.LanHost, 3, Boxes.Outside, 80)).Forwarded("wan");
        Reload(box, Head + "set limit states 1\n" + Out + "pass in on lan\n");
        box.Send("lan", Udp(Boxes.LanHost, 1, Boxes.Outside, 80)).Forwarded("wan");
        box.Send("lan", Udp(Boxes.LanHost, 4, Boxes.Outside, 80)).MustBeDropped("state-limit");
    }

    internal static void Reload(Box box, string yaml)
    {
        box.Node.Apply(Box.ModelOf(yaml));
        box.Node.StepUntilIdle(box.Now);
    }

    private static void MustEnd(Box box, int after, int ended)
    {
        box.Wait(after * Second).Node.StepUntilIdle(box.Now);
        Assert.Equal(ended, box.Node.ReadAccounts().StatesEnded);
    }
}
