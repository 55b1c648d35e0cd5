using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Transport;
using Xunit;
using static Appliance.Node.Tests.Replaying;

namespace Appliance.Node.Tests.Firewall;

/// <summary>Who decided: a replay notes the rules of every record, a trace says them, and what kept the others from it.</summary>
public sealed class DecidingRuleTests
{
    private const string Gate = Boxes.Edge + Boxes.Ruleset + """
        rdr pass on wan inet proto tcp from any to 203.0.113.2 port 8080 -> 192.168.1.80 port 80
        block all label "closed"
        pass in on lan inet proto tcp to any port 443 label "web"
        pass in on lan inet proto udp to any port { 53 123 } label "names"
        block return in quick on lan from any to 198.51.100.99 label "never"
        pass out on wan label "out"
        pass out on lan proto tcp to any port 80 no state

        """;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Each_verdict_of_a_replay_names_the_rules_that_decided(int vcpus)
    {
        byte[][] lan =
        [
            Tcp(Boxes.LanHost, 40_000, Boxes.Outside, 443, TcpFlags.Syn), Tcp(Boxes.LanHost, 40_000, Boxes.Outside, 80, TcpFlags.Syn),
            Tcp(Boxes.LanHost, 40_001, "198.51.100.99", 443, TcpFlags.Syn), Udp(Boxes.LanHost, 5000, Boxes.Outside, 123),
            TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(5001, 53, 8), ip => ip with { TimeToLive = 1 }),
            Udp(Boxes.LanHost, 5000, "192.168.1.1", 53), Udp("127.0.0.1", 5000, Boxes.Outside, 53),
        ];
        byte[][] wan =
        [
            Udp(Boxes.Outside, 123, Boxes.LanHost, 5000), Tcp(Boxes.Outside, 1, "203.0.113.2", 8080, TcpFlags.Syn),
            Tcp(Boxes.Outside, 443, Boxes.LanHost, 40_000, TcpFlags.Ack, 0x7000_0000),
        ];
        Replayed replayed = Run(Gate, vcpus, new ReplayOptions(RecordsVerdicts: true), ("lan", Timed(lan, 0)), ("wan", Timed(wan, 10)));
        FrameVerdict Drop(DropReason reason, string? rule = null) => FrameVerdict.Dropped(reason) with { Rule = rule };
        FrameVerdict Pass(string rule, string outRule) => new(VerdictKind.Pass, Rule: rule, OutRule: outRule);
        Assert.Equal(
            [
                Pass("web", "out"), Drop(DropReason.Block, "closed"), Drop(DropReason.Block, "never"), Pass("names#2", "out"),
                Drop(DropReason.HopLimit), new FrameVerdict(VerdictKind.Consume, Rule: "names"), Drop(DropReason.Martian),
            ],
            replayed.Report.Verdicts!.Value[0]);
        Assert.Equal(
            [Pass("out", "names#2"), Pass("box.pf.conf:1", "box.pf.conf:7"), Drop(DropReason.TcpWindow, "out")],
            replayed.Report.Verdicts!.Value[1]);
    }

    [Fact]
    public void A_train_is_decided_on_frame_by_frame_in_the_record_of_each()
    {
        byte[][] frames =
        [
            Tcp(Boxes.LanHost, 40_000, Boxes.Outside, 443, TcpFlags.Syn), .. Enumerable.Range(0, 8).Select(i => Tcp(
                Boxes.LanHost, 40_000, Boxes.Outside, 443, TcpFlags.Ack, (uint)(2 + (100 * i)), payload: 100)),
        ];
        const string Sloppy = Boxes.Edge + Boxes.Ruleset + "block all\npass on { lan wan } keep state (sloppy) label \"all\"\n";
        Replayed replayed = Run(Sloppy, 2, new ReplayOptions(RecordsVerdicts: true), ("lan", Capture(frames.Select(frame => (0L, frame)))));
        Assert.All(replayed.Report.Verdicts!.Value[0], verdict =>
            Assert.Equal(new FrameVerdict(VerdictKind.Pass, Rule: "all", OutRule: "all#2"), verdict));
    }

    [Fact]
    public void A_trace_names_the_rule_and_what_kept_each_other_rule_from_matching()
    {
        PacketVerdict verdict = Trace(Gate, "tcp 192.168.1.10:40000 > 198.51.100.99:443 S");
        Assert.Equal(("block", "block", "never"), (verdict.Verdict, verdict.Reason, verdict.Rule));
        TracedStage stage = verdict.Stages.Single(stage => stage.Stage == "firewall-in");
        Assert.Equal(
            "block: rules met: box.pf.conf:1 not by its interface, closed matches, web matches, names not by its protocol, "
            + "names#2 not by its protocol, never matches; blocked by never",
            stage.Detail);
    }

    [Fact]
    public void At_both_places_the_rules_met_are_told_and_the_first_that_decided_is_the_rule()
    {
        PacketVerdict verdict = Trace(Gate, "udp 192.168.1.10:5000 > 198.51.100.7:53");
        Assert.Equal(("pass", "names"), (verdict.Verdict, verdict.Rule));
        Assert.EndsWith("out matches, box.pf.conf:7 not by its interface; passed by out",
            verdict.Stages.Single(stage => stage.Stage == "firewall-out").Detail, StringComparison.Ordinal);
        Assert.Null(Trace(Gate, "udp 192.168.1.10:5000 > 198.51.100.7:53 ttl 1").Rule);
        Assert.Null(Trace(Boxes.Edge, "udp 192.168.1.10:5000 > 198.51.100.7:53").Rule);
    }

    [Fact]
    public void Behind_a_match_rule_that_translates_the_rules_see_what_it_made()
    {
        const string Matching = Boxes.Edge + Boxes.Ruleset + """
            pass all label "any"
            match out on wan inet from 192.168.1.0/24 nat-to 203.0.113.9 label "hide"
            pass out on wan from 203.0.113.9 label "hidden"

            """;
        PacketVerdict verdict = Trace(Matching, "udp 192.168.1.10:5000 > 198.51.100.7:53");
        Assert.Contains("any matches, hide matches, hidden matches; passed by hidden",
            verdict.Stages.Single(stage => stage.Stage == "firewall-out").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_many_rules_so_many_are_told()
    {
        string rules = string.Concat(Enumerable.Range(1, 1000).Select(port => $"block in proto tcp to port {port}\n"));
        PacketVerdict verdict = Trace(Boxes.Edge + Boxes.Ruleset + rules, "udp 192.168.1.10:5000 > 198.51.100.7:53");
        string detail = verdict.Stages.Single(stage => stage.Stage == "firewall-in").Detail;
        Assert.EndsWith("box.pf.conf:24 not by its protocol, and 976 more; passed by the default rule", detail, StringComparison.Ordinal);
        Assert.Null(verdict.Rule);
    }

    private static PacketVerdict Trace(string yaml, string packet)
    {
        RuntimeModel model = Box.ModelOf(yaml);
        using var tracer = new PacketTracer(model, new NodeOptions { Workers = 2 });
        Assert.True(PacketText.TryParse(packet, out PacketText text, out string error), error);
        return tracer.Trace(0, PacketBuilder.Build(text, tracer.Ports[0].Mac), new MonotonicTime(1));
    }

    private static byte[] Timed(byte[][] frames, long milliseconds) =>
        Capture(frames.Select((frame, index) => (((milliseconds + index) * 1_000_000), frame)));

    private static byte[] Udp(string from, ushort sourcePort, string to, ushort destinationPort) =>
        TestFrames.Ipv4(from, to, TestTransport.Udp(sourcePort, destinationPort, 8));

    private static byte[] Tcp(
        string from, ushort sourcePort, string to, ushort destinationPort, TcpFlags flags, uint sequence = 1, int payload = 0) =>
        TestFrames.Ipv4(from, to, TestTransport.Tcp(
            new TcpFields
            {
                SourcePort = sourcePort, DestinationPort = destinationPort, SequenceNumber = sequence, Flags = flags, Window = 1000,
            },
            new byte[payload]));
}
