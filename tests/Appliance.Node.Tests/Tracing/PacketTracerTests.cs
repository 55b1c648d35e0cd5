using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>What a trace tells: every stage in order, the verdict and its reason, what left and what was answered.</summary>
public sealed class PacketTracerTests
{
    private static readonly string[] WholePath =
        [
            "parse", "steer", "verify", "coalesce", "express", "neighbour", "admit", "firewall-in", "local", "route", "firewall-out",
            "mtu", "link", "hold", "segment",
        ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_packet_that_passes_meets_every_stage_in_order(int vcpus)
    {
        PacketVerdict verdict = Trace("udp 192.168.1.10:1 > 198.51.100.7:2", vcpus: vcpus);
        Assert.Equal(("pass", null, null), (verdict.Verdict, verdict.Reason, verdict.Rule));
        Assert.Equal(WholePath, verdict.Stages.Select(stage => stage.Stage));
        IEnumerable<TracedStage> passed = verdict.Stages.Where(stage => stage.Stage is not ("segment" or "steer"));
        Assert.All(passed, stage => Assert.Equal("continue", stage.Action));
        Assert.Equal("transmit", verdict.Stages[^1].Action);
        Assert.Contains(verdict.Stages[1].Action, (string[])["continue", "hand-off"]);
        Assert.Equal(WholePath, DataplanePathNames());
        TracedOutput output = Assert.Single(verdict.Outputs);
        Assert.Equal(("wan", false), (output.Port, output.IsReply));
    }

    [Fact]
    public void What_left_is_what_the_path_would_have_sent()
    {
        using var box = new Box(Boxes.Edge);
        byte[] frame = Build("udp 192.168.1.10:1 > 198.51.100.7:2 len 77");
        Assert.Equal(box.Send("lan", frame).Forwarded("wan"), Assert.Single(Trace(frame).Outputs).Frame);
    }

    [Fact]
    public void Steering_tells_hash_bucket_and_vcpu_and_they_agree()
    {
        TracedStage steer = Trace("udp 192.168.1.10:1 > 198.51.100.7:2", vcpus: 4).Stages.Single(stage => stage.Stage == "steer");
        Assert.Matches("^hash [0-9a-f]{8}, bucket [0-9]+, vcpu [0-3]$", steer.Detail);
        uint hash = Convert.ToUInt32(steer.Detail[5..13], 16);
        Assert.EndsWith($", bucket {hash & 127}, vcpu {hash & 3}", steer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hand_off_happens_exactly_when_another_vcpu_owns_the_flow()
    {
        int handedOff = 0;
        for (int port = 1; port <= 40; port++)
        {
            TracedStage steer = Trace($"udp 192.168.1.10:{port} > 198.51.100.7:2", vcpus: 2).Stages.Single(stage => stage.Stage == "steer");
            bool isReaders = steer.Detail.EndsWith("vcpu 1", StringComparison.Ordinal);        // port number 1 is read by worker 1 of 2
            Assert.Equal(isReaders ? "continue" : "hand-off", steer.Action);
            handedOff += isReaders ? 0 : 1;
        }

        Assert.InRange(handedOff, 5, 35);
    }

    [Fact]
    public void The_route_is_explained_by_prefix_port_and_neighbour()
    {
        string detail = Trace("udp 192.168.1.10:1 > 198.51.100.7:2").Stages.Single(stage => stage.Stage == "route").Detail;
        Assert.StartsWith("0.0.0.0/0 by wan", detail, StringComparison.Ordinal);
        Assert.EndsWith("neighbour 02:00:00:00:0a:01", detail, StringComparison.Ordinal);
        string connected = Trace("udp 192.168.1.10:1 > 203.0.113.9:2").Stages.Single(stage => stage.Stage == "route").Detail;
        Assert.StartsWith("203.0.113.0/24 by wan, connected", connected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("udp 127.0.0.1:1 > 198.51.100.7:2", "martian", "admit")]
    [InlineData("udp 192.168.1.10:1 > 224.0.0.5:2", "multicast", "admit")]
    [InlineData("udp 169.254.0.1:1 > 198.51.100.7:2", "link-local", "route")]
    [InlineData("vlan 7 udp 192.168.1.10:1 > 198.51.100.7:2", "vlan", "parse")]
    [InlineData("icmp6 2001:db8:1::10 > 2001:db8:1::1 type 135 code 0", "spoof", "neighbour")]
    [InlineData("udp [2001:db8:1::10]:1 > [ff0e::1]:2", "multicast", "admit")]
    public void A_drop_ends_the_trace_at_its_stage_with_its_reason(string text, string reason, string stage)
    {
        PacketVerdict verdict = Trace(text);
        Assert.Equal(("drop", reason), (verdict.Verdict, verdict.Reason));
        Assert.Equal(WholePath.TakeWhile(name => name != stage).Append(stage), verdict.Stages.Select(traced => traced.Stage));
        Assert.Equal("drop", verdict.Stages[^1].Action);
        Assert.StartsWith(reason, verdict.Stages[^1].Detail, StringComparison.Ordinal);
        Assert.Empty(verdict.Outputs);
    }

    [Fact]
    public void A_drop_that_is_told_its_sender_shows_the_reply()
    {
        PacketVerdict verdict = Trace("udp 192.168.1.10:1 > 198.51.100.7:2 ttl 1");
        Assert.Equal(("drop", "hop-limit", "route"), (verdict.Verdict, verdict.Reason, verdict.Stages[^1].Stage));
        TracedOutput reply = Assert.Single(verdict.Outputs);
        Assert.Equal(("lan", true, 11), (reply.Port, reply.IsReply, reply.Frame[34]));
    }

    [Theory]
    [InlineData("icmp 192.168.1.10 > 192.168.1.1 id 5", 1)]
    [InlineData("icmp6 2001:db8:1::10 > 2001:db8:1::1 id 5", 1)]
    [InlineData("udp 192.168.1.10:1 > 192.168.1.1:2", 0)]
    public void What_the_appliance_takes_is_consumed_and_its_answer_shown(string text, int replies)
    {
        PacketVerdict verdict = Trace(text);
        Assert.Equal(("consume", null), (verdict.Verdict, verdict.Reason));
        Assert.Equal(("local", "consume"), (verdict.Stages[^1].Stage, verdict.Stages[^1].Action));
        Assert.Equal(replies, verdict.Outputs.Length);
        Assert.All(verdict.Outputs, output => Assert.True(output.IsReply));
    }

    [Fact]
    public void Ipv6_and_sub_ports_are_traced_like_the_rest()
    {
        const string Trunk = """
            ports:
              lan: {backend: pcap, addresses: [192.168.1.1/24]}
              lan.20: {parent: lan, vlan: 20, addresses: ["2001:db8:20::1/64"]}
              wan: {backend: pcap, addresses: ["2001:db8:2::2/64"]}

            """;
        PacketVerdict verdict = Trace("vlan 20 tcp [2001:db8:20::9]:1 > [2001:db8:2::9]:2 SA", Trunk);
        Assert.Equal("pass", verdict.Verdict);
        Assert.StartsWith("at lan.20: Ipv6 protocol 6", verdict.Stages[0].Detail, StringComparison.Ordinal);
        Assert.Equal("wan", Assert.Single(verdict.Outputs).Port);
    }

    [Fact]
    public void Fragments_are_all_shown_and_none_is_a_reply()
    {
        PacketVerdict verdict = Trace("udp 192.168.1.10:1 > 198.51.100.7:2 len 4000");
        Assert.Equal("pass", verdict.Verdict);
        Assert.Equal([false, false, false], verdict.Outputs.Select(output => output.IsReply));
        Assert.Contains("cut into 3 fragments", verdict.Stages.Single(stage => stage.Stage == "mtu").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void One_packet_leaves_no_trace_in_the_next()
    {
        using var tracer = new PacketTracer(Box.ModelOf(Boxes.Edge), new NodeOptions { Workers = 2 });
        byte[] good = Build("udp 192.168.1.10:1 > 198.51.100.7:2"), bad = Build("udp 127.0.0.1:1 > 198.51.100.7:2");
        PacketVerdict first = tracer.Trace(0, good, new MonotonicTime(5));
        Assert.Equal("drop", tracer.Trace(0, bad, new MonotonicTime(6)).Verdict);
        PacketVerdict refused = tracer.Refuse(DropReason.LinkType);
        Assert.Equal(("drop", "link-type", "receive"), (refused.Verdict, refused.Reason, Assert.Single(refused.Stages).Stage));
        PacketVerdict again = tracer.Trace(0, good, new MonotonicTime(4));
        Assert.Equal(first.Stages, again.Stages);
        Assert.Equal((first.Verdict, first.Reason), (again.Verdict, again.Reason));
    }

    private static string[] DataplanePathNames()
    {
        using var box = new Box(Boxes.Edge);
        StageSequence path = DataplanePath.Build(
            0, box.Node.Models,
            new StateSharing(1, new StateLimits(1, AdaptiveTimeouts.Off), new PortClaims(KeyedRandom.FromSeed(0)), new FlowWays()));
        return [.. path.Stages.Select(stage => stage.Name)];
    }

    private static byte[] Build(string text)
    {
        Assert.True(PacketText.TryParse(text, out PacketText packet, out string error), error);
        return PacketBuilder.Build(packet, TestFrames.Router);
    }

    private static PacketVerdict Trace(string text, string yaml = Boxes.Edge, int vcpus = 2) => Trace(Build(text), yaml, vcpus);

    private static PacketVerdict Trace(byte[] frame, string yaml = Boxes.Edge, int vcpus = 2)
    {
        using var tracer = new PacketTracer(Box.ModelOf(yaml), new NodeOptions { Workers = vcpus });
        return tracer.Trace(0, frame, new MonotonicTime(0));
    }
}
