using Appliance.Firewall;
using Appliance.Testing;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Node.Tests.Firewall;

/// <summary>Which packets are logged, and as what.</summary>
public sealed class LogTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_packet_that_makes_a_state_is_logged_and_no_other_of_it(int vcpus)
    {
        using var box = new Box(Rules("block all\npass in log on lan proto tcp to port 443 label web\npass out on wan\n"), vcpus);
        Open(box);
        LogEntry entry = Assert.Single(Read(box));
        Assert.Equal(("web", "lan", LogAction.Pass, LogReason.Match), (entry.Rule!.Id, entry.Port, entry.Action, entry.Reason));
        Assert.Equal((RuleDirection.In, 1, 40, ""), (entry.Direction, entry.Rule.Number, entry.Length, entry.Tag));
        Assert.StartsWith("1,,,web,lan,match,pass,in,4,0x0,,64,0,0,none,6,tcp,40,192.168.1.10,198.51.100.7,40000,443,0,S,1000,,1000,,",
            FilterLogText.Of(entry), StringComparison.Ordinal);
        Assert.Equal(new LogAccounts(1, 0), box.Node.ReadLogAccounts());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void With_all_every_packet_of_the_state_is_logged_both_ways(int vcpus)
    {
        using var box = new Box(Rules("block all\npass in log (all) on lan proto tcp to port 443\npass out on wan\n"), vcpus);
        Open(box);
        box.Send("wan", Segment(TcpFlags.Ack, 9001, 1001, 100, fromServer: true)).Forwarded("lan");
        LogEntry[] entries = Read(box);
        Assert.Equal(["in lan", "out lan", "in lan", "out lan"], entries.Select(entry => $"{LogNames.Of(entry.Direction)} {entry.Port}"));
        Assert.All(entries, entry => Assert.Equal(("box.pf.conf:2", LogAction.Pass), (entry.Rule!.Id, entry.Action)));
        Assert.Equal([40, 40, 40, 140], entries.Select(entry => entry.Length));
    }

    [Fact]
    public void A_train_of_a_state_that_logs_all_is_logged_segment_by_segment()
    {
        foreach (string options in (string[])["", " (all)"])
        {
            using var box = new Box(Rules($"block all\npass in log{options} on lan proto tcp to port 443\npass out on wan\n"));
            Open(box);
            Read(box);
            byte[][] segments = [.. Enumerable.Range(0, 5)
                .Select(i => Segment(TcpFlags.Ack, 1001 + (uint)(100 * i), 9001, 100, id: (ushort)i))];
            Assert.Equal(5, box.Send("lan", segments).LeftBy("wan").Length);
            Assert.Equal(options.Length == 0 ? 0 : 5, Read(box).Length);
            Assert.Equal((1L, 5L), (box.Node.ReadAccounts().LroSuperframes, box.Node.ReadAccounts().LroSegments));
            Assert.Equal(8, box.Node.ReadRules()[1].Packets);
        }
    }

    [Fact]
    public void What_a_rule_blocks_is_logged_where_it_says_so()
    {
        using var box = new Box(Rules("block log all label nothing\npass in on lan proto udp no state\npass out on wan no state\n"));
        box.Send("lan", Segment(TcpFlags.Syn, 1000)).MustBeDropped("block");
        box.Send("lan", Query()).Forwarded("wan");
        LogEntry entry = Assert.Single(Read(box));
        Assert.Equal(("nothing", LogAction.Block), (entry.Rule!.Id, entry.Action));
    }

    [Fact]
    public void Match_rules_log_by_themselves_and_with_matches_all_that_follow_do()
    {
        using var box = new Box(Rules(
            "match in log on lan label one\nmatch in on lan label two\npass in on lan label three\npass out on wan no state\n"));
        box.Send("lan", Query()).Forwarded("wan");
        Assert.Equal(["match one"], Words(box));
        using var more = new Box(Rules(
            "match in log (matches) on lan label one\nmatch in on lan label two\nblock in on lan label three\npass in on lan label four\n"
                + "pass out on wan no state\n"));
        more.Send("lan", Query()).Forwarded("wan");
        Assert.Equal(["match one", "match two", "block three", "pass four"], Words(more));
    }

    [Fact]
    public void A_match_rule_with_all_logs_what_follows_of_the_state()
    {
        using var box = new Box(Rules("match in log (all) on lan label seen\npass in on lan\npass out on wan no state\n"));
        for (int i = 0; i < 3; i++) box.Send("lan", Query()).Forwarded("wan");
        Assert.Equal(["match seen", "pass seen", "pass seen"], Words(box));
    }

    [Fact]
    public void What_is_refused_whatever_rules_say_is_always_logged()
    {
        using var box = new Box(Rules("pass all label \"all\"\n"));
        byte[] options = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(5000, 53, 8), edit: null, 1, 1, 1, 0);
        box.Send("lan", options).MustBeDropped("block");
        byte[] cut = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Raw(Wire.Ip.IpProtocol.Tcp, new byte[10]));
        box.Send("lan", cut);
        LogEntry[] entries = Read(box);
        Assert.Equal((LogReason.IpOption, "all", LogAction.Block), (entries[0].Reason, entries[0].Rule!.Id, entries[0].Action));
        Assert.All(entries[1..], entry => Assert.Equal((LogReason.Short, null), (entry.Reason, entry.Rule)));
    }

    [Fact]
    public void Rules_of_anchors_and_tags_are_named()
    {
        using var box = new Box(Rules(
            "block all\nanchor \"out\" in {\n  pass in log on lan label inner tag BLUE\n}\npass out log on wan tagged BLUE\n"));
        box.Send("lan", Query()).Forwarded("wan");
        LogEntry[] entries = Read(box);
        RuleReference inner = entries[0].Rule!, outer = entries[1].Rule!;
        Assert.Equal(("inner", 1, 0, "out"), (inner.Id, inner.Number, inner.SubNumber!.Value, inner.Anchor));
        Assert.Equal(("box.pf.conf:5", 2, null, "BLUE"), (outer.Id, outer.Number, outer.SubNumber, entries[1].Tag));
    }

    /// <summary>
    /// As pf's kernel numbers rules (<c>DIOCADDRULE</c>), and as pfctl -vvsr, pflog and filterlog have them: those of a kind by themselves,
    /// from 0. What a label has for <c>$nr</c> is pfctl's own count, of all kinds.
    /// </summary>
    [Fact]
    public void The_number_of_a_logged_rule_counts_filter_rules_alone()
    {
        using var box = new Box(Rules("""
            nat on wan inet from 192.168.1.0/24 to any -> (wan)
            pass in log on lan label "$nr"
            pass out log on wan

            """));
        box.Send("lan", Query()).Forwarded("wan");
        Assert.Equal(["0 1", "1 box.pf.conf:3"], Read(box).Select(entry => $"{entry.Rule!.Number} {entry.Rule.Id}"));
    }

    [Fact]
    public void The_name_of_a_rule_outlives_its_ruleset_in_the_log_only_until_it_is_read()
    {
        using var box = new Box(Rules("pass in log (all) on lan label old\npass out on wan\n"));
        box.Send("lan", Query()).Forwarded("wan");
        box.Node.Apply(Box.ModelOf(Rules("pass in log (all) on lan label new\npass out on wan\n")));
        box.Node.StepUntilIdle(box.Now);
        box.Send("lan", Query()).Forwarded("wan");                                      // its state is of the earlier ruleset
        box.Send("lan", Query(5001)).Forwarded("wan");
        Assert.Equal(["pass old", "pass new"], Words(box));
    }

    [Fact]
    public void What_finds_no_room_is_lost_and_said()
    {
        using var box = new Box(Rules("block log all\n"));
        byte[] query = Query();
        for (int i = 0; i < 200; i++) box.Send("lan", [.. Enumerable.Repeat(query, 50)]);
        Assert.Equal(8192, Read(box).Length);
        Assert.Equal(new LogAccounts(8192, 10_000 - 8192), box.Node.ReadLogAccounts());
    }

    [Fact]
    public void Logging_allocates_nothing_on_the_data_path()
    {
        using var box = new Box(Rules("block log all\n"));
        byte[] query = Query();
        long allocated = 0;
        for (int i = 0; i < 100; i++)
        {
            box.Enter("lan", query);
            long before = GC.GetAllocatedBytesForCurrentThread();
            box.Node.StepUntilIdle(box.Now);
            if (i >= 50) allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal((0L, 100), (allocated, Read(box).Length));
    }

    [Fact]
    public void The_log_is_the_same_for_any_number_of_workers()
    {
        string[] logs = [.. new[] { 1, 2, 4 }.Select(vcpus =>
        {
            using var box = new Box(Rules("block log all\npass in log on lan proto udp\npass out log on wan\n"), vcpus);
            box.Send([.. Enumerable.Range(0, 300).Select(i => ("lan", Query((ushort)(5000 + (i % 100)))))]);
            return string.Join('\n', Read(box).Select(FilterLogText.Of).Order(StringComparer.Ordinal));
        })];
        Assert.Equal(200, logs[0].Split('\n').Length);
        Assert.All(logs, log => Assert.Equal(logs[0], log));
    }

    private static string Rules(string rules) => Boxes.Edge + Boxes.Ruleset + rules;

    private static LogEntry[] Read(Box box)
    {
        var entries = new List<LogEntry>();
        box.Node.ReadLog(entries.Add);
        return [.. entries];
    }

    private static string[] Words(Box box) => [.. Read(box).Select(entry => $"{LogNames.Of(entry.Action)} {entry.Rule!.Id}")];

    private static void Open(Box box)
    {
        box.Send("lan", Segment(TcpFlags.Syn, 1000)).Forwarded("wan");
        box.Send("wan", Segment(TcpFlags.Syn | TcpFlags.Ack, 9000, 1001, fromServer: true)).Forwarded("lan");
        box.Send("lan", Segment(TcpFlags.Ack, 1001, 9001)).Forwarded("wan");
    }

    private static byte[] Query(ushort port = 5000) =>
        TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(port, 53, 8));

    private static byte[] Segment(
        TcpFlags flags, uint sequence, uint acknowledgment = 0, int payload = 0, bool fromServer = false, ushort id = 0)
    {
        (ushort from, ushort to) = fromServer ? ((ushort)443, (ushort)40_000) : ((ushort)40_000, (ushort)443);
        TestTransport tcp = TestTransport.Tcp(
            new TcpFields
            {
                SourcePort = from, DestinationPort = to, SequenceNumber = sequence, AcknowledgmentNumber = acknowledgment, Flags = flags,
                Window = 1000,
            },
            new byte[payload]);
        return fromServer
            ? TestFrames.Ipv4(Boxes.Outside, Boxes.LanHost, tcp)
            : TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, tcp, ip => ip with { Identification = id });
    }
}
