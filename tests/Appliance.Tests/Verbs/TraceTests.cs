using System.Text.Json;
using Xunit;

namespace Appliance.Tests;

/// <summary><c>trace</c>: what it says and how it ends.</summary>
public sealed class TraceTests : IDisposable
{
    private static readonly string[] Verdicts = ["pass", "block", "consume", "drop"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tcp 192.168.1.10:40000 > 1.1.1.1:443 S", "pass", null)]
    [InlineData("udp 192.168.1.10:5353 > 8.8.8.8:53 ttl 1", "drop", "hop-limit")]
    [InlineData("udp 192.168.1.10:1 > 198.51.100.1:2", "drop", "blackhole")]
    [InlineData("icmp 192.168.1.10 > 192.168.1.1", "consume", null)]
    [InlineData("udp [2001:db8:10::5]:1 > [2001:db8:1::9]:2", "pass", null)]
    [InlineData("vlan 30 udp 192.168.30.10:1 > 8.8.8.8:2", "drop", "vlan")]
    [InlineData("47 127.0.0.1 > 8.8.8.8", "drop", "martian")]
    public void Whatever_the_verdict_it_is_said_and_the_exit_code_is_0(string packet, string verdict, string? reason)
    {
        JsonElement json = ApplianceProgram.Json(ApplianceProgram.Succeed(Demo.Trace("--packet", packet, "--json")));
        Assert.Equal(verdict, json.GetProperty("verdict").GetString());
        Assert.Equal(reason, json.GetProperty("reason").GetString());
        AssertShape(json);

        ProcessRun text = ApplianceProgram.Succeed(Demo.Trace("--packet", packet));
        Assert.Contains($"verdict  {verdict}{(reason is null ? "" : $" ({reason})")}", text.OutputLines);
        Assert.StartsWith("packet   ", text.OutputLines[0], StringComparison.Ordinal);
        Assert.DoesNotContain(text.OutputLines, line => line != line.TrimEnd());
    }

    [Fact]
    public void What_passes_names_the_port_and_the_frame_it_leaves_by()
    {
        JsonElement json = ApplianceProgram.Json(
            ApplianceProgram.Succeed(Demo.Trace("--packet", "tcp 192.168.1.10:40000 > 1.1.1.1:443 S", "--json")));
        JsonElement output = json.GetProperty("output");
        Assert.Equal("wan", output.GetProperty("port").GetString());
        Assert.Contains("192.168.1.10.40000 > 1.1.1.1.443", output.GetProperty("frame").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, json.GetProperty("rule").ValueKind);
    }

    [Fact]
    public void The_steering_is_explained_by_hash_bucket_and_vcpu()
    {
        JsonElement json = ApplianceProgram.Json(
            ApplianceProgram.Succeed(Demo.Trace("--packet", "tcp 192.168.1.10:40000 > 1.1.1.1:443", "--json")));
        JsonElement steer = Assert.Single(
            json.GetProperty("stages").EnumerateArray(), stage => stage.GetProperty("stage").GetString() == "steer");
        Assert.Matches("hash [0-9a-f]{8}, bucket [0-9]+, vcpu [01]", steer.GetProperty("detail").GetString());
    }

    [Fact]
    public void A_capture_gives_one_verdict_a_packet_in_one_document()
    {
        string capture = Captures.Write(_folder["three.pcap"], default,
            "udp 192.168.1.10:1 > 8.8.8.8:2", "udp 192.168.1.10:1 > 8.8.8.8:2 ttl 1", "icmp 192.168.1.10 > 192.168.1.1");
        JsonElement json = ApplianceProgram.Json(ApplianceProgram.Succeed(Demo.Trace("--pcap", capture, "--json")));
        JsonElement[] packets = [.. json.GetProperty("packets").EnumerateArray()];
        Assert.Equal(["pass", "drop", "consume"], packets.Select(packet => packet.GetProperty("verdict").GetString()));
        Assert.All(packets, AssertShape);
        Assert.Equal(
            ["#1", "#2", "#3"], ApplianceProgram.Succeed(Demo.Trace("--pcap", capture)).OutputLines.Where(line => line.StartsWith('#')));
    }

    [Theory]
    [InlineData("drop", "#2", "#4")]
    [InlineData("hop-limit", "#2")]
    [InlineData("martian", "#4")]
    [InlineData("pass", "#1")]
    [InlineData("consume", "#3")]
    [InlineData("block")]
    public void Only_the_packets_that_are_asked_for_are_shown_under_their_own_numbers(string only, params string[] numbers)
    {
        string capture = FourPackets();
        string[] lines = ApplianceProgram.Succeed(Demo.Trace("--pcap", capture, "--only", only)).OutputLines;
        Assert.Equal(numbers, lines.Where(line => line.StartsWith('#')));
        Assert.Equal($"{numbers.Length} of 4 packets: {only}", lines[^1]);

        JsonElement json = ApplianceProgram.Json(ApplianceProgram.Succeed(Demo.Trace("--pcap", capture, "--only", only, "--json")));
        Assert.Equal(
            numbers, json.GetProperty("packets").EnumerateArray().Select(packet => $"#{packet.GetProperty("packet").GetInt32()}"));
    }

    [Fact]
    public void What_is_no_verdict_and_no_reason_is_refused()
    {
        string line = ApplianceProgram.Fail(2, Demo.Trace("--pcap", RepositoryFiles.DemoLan, "--only", "dropped"));
        Assert.Contains("--only dropped: expected pass, block, consume, drop or a drop reason", line, StringComparison.Ordinal);
        line = ApplianceProgram.Fail(2, Demo.Trace("--packet", "icmp 192.168.1.10 > 8.8.8.8", "--only", "drop"));
        Assert.Contains("--pcap", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Packets_of_a_capture_of_both_sides_arrive_where_their_source_is()
    {
        string both = Captures.Write(_folder["both.pcap"], default,
            "udp 192.168.1.10:1 > 203.0.113.80:2", "udp 203.0.113.80:2 > 192.168.1.10:1");
        JsonElement json = ApplianceProgram.Json(ApplianceProgram.Succeed(
            "trace", "--config", RepositoryFiles.DemoConfiguration, "--in", "lan,wan", "--pcap", both, "--json"));
        Assert.Equal(["wan", "lan"], json.GetProperty("packets").EnumerateArray().Select(packet =>
            packet.GetProperty("output").GetProperty("port").GetString()));
    }

    [Theory]
    [InlineData("lan,wan", "--packet arrives at one port; PORT,PORT splits a capture")]
    [InlineData("lan,", "expected PORT or PORT,PORT")]
    [InlineData("lan,nope", "--in nope: there is no such port")]
    public void A_packet_arrives_at_one_port(string ports, string says)
    {
        string line = ApplianceProgram.Fail(
            2, "trace", "--config", RepositoryFiles.DemoConfiguration, "--in", ports, "--packet", "icmp 192.168.1.10 > 8.8.8.8");
        Assert.Contains(says, line, StringComparison.Ordinal);
    }

    [Fact]
    public void The_whole_demo_can_be_traced_and_agrees_with_its_replay()
    {
        JsonElement traced = ApplianceProgram.Json(ApplianceProgram.Succeed(Demo.Trace("--pcap", RepositoryFiles.DemoLan, "--json")));
        JsonElement replayed = ApplianceProgram.Json(ApplianceProgram.Succeed(Demo.ReplayOf(RepositoryFiles.DemoLan, "--json")));
        var drops = traced.GetProperty("packets").EnumerateArray().Select(packet =>
            packet.GetProperty("reason").GetString()).OfType<string>()
            .CountBy(reason => reason).OrderBy(drop => drop.Key, StringComparer.Ordinal);
        Assert.Equal(
            drops, replayed.GetProperty("drops").EnumerateObject().Select(drop => KeyValuePair.Create(drop.Name, drop.Value.GetInt32())));
    }

    [Fact]
    public void A_damaged_capture_is_traced_up_to_the_damage()
    {
        string cut = _folder.Write("cut.pcap", File.ReadAllBytes(RepositoryFiles.DemoLan).AsSpan(0, 5000));
        ProcessRun run = ApplianceProgram.Run(Demo.Trace("--pcap", cut, "--json"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{cut}: damaged at byte 4960: ", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.NotEqual(0, ApplianceProgram.Json(run).GetProperty("packets").GetArrayLength());
    }

    private string FourPackets() => Captures.Write(_folder["four.pcap"], default,
        "udp 192.168.1.10:1 > 8.8.8.8:2", "udp 192.168.1.10:1 > 8.8.8.8:2 ttl 1", "icmp 192.168.1.10 > 192.168.1.1",
        "udp 127.0.0.1:1 > 8.8.8.8:2");

    private static void AssertShape(JsonElement packet)
    {
        Assert.Contains(packet.GetProperty("verdict").GetString(), Verdicts);
        Assert.NotEqual(0, packet.GetProperty("stages").GetArrayLength());
        foreach (JsonElement stage in packet.GetProperty("stages").EnumerateArray())
        {
            Assert.False(string.IsNullOrEmpty(stage.GetProperty("stage").GetString()));
            Assert.False(string.IsNullOrEmpty(stage.GetProperty("action").GetString()));
            Assert.Equal(JsonValueKind.String, stage.GetProperty("detail").ValueKind);
        }

        bool passed = packet.GetProperty("verdict").GetString() == "pass";
        Assert.Equal(passed ? JsonValueKind.Object : JsonValueKind.Null, packet.GetProperty("output").ValueKind);
    }
}
