using Appliance.Engine;
using Appliance.Node;
using Appliance.Scenarios;
using Appliance.Testing;
using Xunit;

namespace Appliance.Tests;

/// <summary><c>verdicts</c> and <c>default</c>: met, and not met in every way.</summary>
public sealed class VerdictExpectationTests : IDisposable
{
    private const string Config = "config: router.yaml\n";

    private readonly ScenarioRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Each_kind_of_verdict_is_met()
    {
        _rig.MustPass(Config + """
            verdicts:
              1: pass
              2: drop
              3: {verdict: drop, reason: blackhole}
              lan:4: consume
              5: {verdict: pass}
            """);
        _rig.MustPass(Config + "verdicts: {lan:2: {verdict: drop, reason: hop-limit}, 3: drop, 4: consume}\ndefault: pass\n");
    }

    [Theory]
    [InlineData("1: drop", "packet 1, IP 192.168.1.10.40000 > 8.8.8.8.53: UDP, length 8: expected drop, got pass")]
    [InlineData("1: block", "packet 1, IP 192.168.1.10.40000 > 8.8.8.8.53: UDP, length 8: expected block, got pass")]
    [InlineData("1: consume", "packet 1, IP 192.168.1.10.40000 > 8.8.8.8.53: UDP, length 8: expected consume, got pass")]
    [InlineData("2: pass", "packet 2, IP 192.168.1.10.40000 > 8.8.8.8.53: UDP, length 8: expected pass, got drop (hop-limit)")]
    [InlineData("2: block", "packet 2, IP 192.168.1.10.40000 > 8.8.8.8.53: UDP, length 8: expected block, got drop (hop-limit)")]
    [InlineData("3: {verdict: drop, reason: no-route}",
        "packet 3, IP 192.168.1.10.40000 > 198.51.100.7.53: UDP, length 8: expected drop (no-route), got drop (blackhole)")]
    [InlineData("3: {verdict: drop, rule: x}",
        "packet 3, IP 192.168.1.10.40000 > 198.51.100.7.53: UDP, length 8: expected drop by rule x, got drop (blackhole)")]
    [InlineData("4: pass",
        "packet 4, IP 192.168.1.10 > 192.168.1.1: ICMP echo request, id 7, seq 1, length 40: expected pass, got consume")]
    [InlineData("5: drop", "packet 5, IP 192.168.1.10.40000 > 8.8.8.8.53: UDP, length 4000: expected drop, got pass")]
    public void A_packet_that_is_judged_otherwise_has_its_line(string verdict, string line) =>
        Assert.Equal([$"2:12: {line}"], _rig.MustFail($"{Config}verdicts: {{{verdict}}}\n"));

    [Fact]
    public void The_default_speaks_for_all_that_are_not_named()
    {
        string[] lines = _rig.MustFail(Config + "verdicts: {1: pass, 3: drop}\ndefault: {verdict: drop, reason: hop-limit}\n");
        Assert.Equal(["3:20: packet 4", "3:20: packet 5"], lines.Select(line => line.Split(',')[0]));
        Assert.EndsWith("expected drop (hop-limit), got consume", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Beyond_twenty_packets_the_default_counts()
    {
        _rig.WriteCapture("lan.pcap", Enumerable.Repeat(ScenarioRig.Udp("8.8.8.8"), 25));
        string[] lines = _rig.MustFail(Config + "verdicts: {3: drop, 24: drop}\ndefault: consume\n");
        Assert.Equal([.. Enumerable.Range(1, 21), 24], lines[..^1].Select(line => int.Parse(line.Split(' ', ',')[2])));
        Assert.Equal("3:10: 3 more packets: expected consume, got something else", lines[^1]);
    }

    [Fact]
    public void Nothing_is_expected_of_packets_that_are_not_named_without_default() => _rig.MustPass(Config + "verdicts: {1: pass}\n");

    [Fact]
    public void A_record_that_is_no_frame_has_a_verdict_too()
    {
        File.WriteAllBytes(_rig["lan.pcap"], Relinked(File.ReadAllBytes(_rig["lan.pcap"])));
        _rig.MustPass(Config + "default: {verdict: drop, reason: link-type}\n");
        string[] lines = _rig.MustFail(Config + "verdicts: {2: pass}\n");
        Assert.Equal(["2:12: packet 2, which is no frame: expected pass, got drop (link-type)"], lines);
    }

    [Fact]
    public void Of_two_captures_each_has_its_own_numbers()
    {
        _rig.WriteCapture(
            "wan.pcap", ScenarioRig.Udp("192.168.1.10", source: "9.9.9.9"), ScenarioRig.Udp("192.168.1.10", source: "0.1.1.1"));
        _rig.MustPass(Config + "verdicts: {wan:1: pass, wan:2: {verdict: drop, reason: martian}, lan:1: pass, lan:2: drop}\n");
        Assert.Equal(
            ["2:12: packet wan:2, IP 0.1.1.1.40000 > 192.168.1.10.53: UDP, length 8: expected pass, got drop (martian)"],
            _rig.MustFail(Config + "verdicts: {wan:2: pass}\n"));
    }

    [Fact]
    public void The_seed_and_the_number_of_vcpus_change_no_verdict()
    {
        foreach (string more in (string[])["vcpus: 1", "vcpus: 4", "seed: 77", "seed: 18446744073709551615\nvcpus: 64"])
            _rig.MustPass($"{Config}{more}\nverdicts: {{1: pass, 2: drop, 3: drop, 4: consume, 5: pass}}\n");
    }

    [Fact]
    public void A_tagged_packet_is_judged_at_its_sub_port()
    {
        _rig.WriteCapture("lan.pcap", TestFrames.Tagged(ScenarioRig.Udp("8.8.8.8", source: "192.168.20.5"), 20),
            TestFrames.Tagged(ScenarioRig.Udp("8.8.8.8"), 21));
        _rig.MustPass(Config + "verdicts: {1: pass, 2: {verdict: drop, reason: vlan}}\n");
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(null, "web", true)]
    [InlineData("web", "web", true)]
    [InlineData("web", "mail", false)]
    [InlineData("web", null, false)]
    public void A_rule_is_met_by_that_rule_alone(string? expected, string? found, bool isMet)
    {
        var block = new ExpectedVerdict(VerdictKind.Block, null, expected, "test.yaml:1:1");
        Assert.Equal(isMet, block.IsMetBy(new FrameVerdict(VerdictKind.Block, DropReason.Block, found)));
        Assert.False(block.IsMetBy(new FrameVerdict(VerdictKind.Pass, DropReason.None, found)));
    }

    [Fact]
    public void A_block_says_its_rule_and_not_that_its_reason_is_block()
    {
        Assert.Equal("block by rule web", ExpectedVerdict.TextOf(new FrameVerdict(VerdictKind.Block, DropReason.Block, "web")));
        Assert.Equal("block", ExpectedVerdict.TextOf(FrameVerdict.Dropped(DropReason.Block)));
        Assert.Equal("drop (tcp-window)", ExpectedVerdict.TextOf(FrameVerdict.Dropped(DropReason.TcpWindow)));
    }

    /// <summary>The capture with a link type that nobody reads.</summary>
    private static byte[] Relinked(byte[] capture)
    {
        capture[20] = 147;
        return capture;
    }
}
