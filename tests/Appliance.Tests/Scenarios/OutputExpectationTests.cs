using Appliance.Scenarios;
using Appliance.Testing;
using Xunit;

namespace Appliance.Tests;

/// <summary><c>outputs</c>: what is to leave, to the byte, in the order of each flow.</summary>
public sealed class OutputExpectationTests : IDisposable
{
    private const string Yaml = "config: router.yaml\noutputs: {wan: expected.pcap}\n";

    private readonly ScenarioBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void What_a_replay_wrote_is_what_is_expected()
    {
        Replay();
        File.Copy(_bench["out/wan.pcap"], _bench["expected.pcap"]);
        _bench.MustPass(Yaml);
        File.Copy(_bench["out/lan.pcap"], _bench["answers.pcap"]);
        _bench.MustPass("config: router.yaml\noutputs: {wan: expected.pcap, lan: answers.pcap}\n");
    }

    [Fact]
    public void The_order_between_flows_is_free_and_that_within_one_is_not()
    {
        byte[][] flows = [.. Enumerable.Range(0, 6).Select(i => ScenarioBench.Udp("9.9.9.9", port: (ushort)(50 + (i % 2)), payload: i))];
        _bench.WriteCapture("lan.pcap", flows);
        byte[][] left = Replay();
        _bench.WriteCapture("expected.pcap", [.. left.Where((_, i) => i % 2 == 1), .. left.Where((_, i) => i % 2 == 0)]);
        _bench.MustPass(Yaml);
        _bench.WriteCapture("expected.pcap", left[0], left[1], left[4], left[3], left[2], left[5]);
        Assert.Equal(
            ["2:11: output wan: from frame 3 of expected.pcap on, IP 192.168.1.10.40000 > 9.9.9.9.50: UDP, length 4: " +
                "its flow left in another order"],
            _bench.MustFail(Yaml));
    }

    [Fact]
    public void A_frame_that_did_not_leave_is_told()
    {
        byte[][] left = Replay();
        _bench.WriteCapture("expected.pcap", [.. left, ScenarioBench.Udp("1.1.1.1")]);
        Assert.Equal(
            [$"2:11: output wan: frame {left.Length + 1} of expected.pcap, " +
                "IP 192.168.1.10.40000 > 1.1.1.1.53: UDP, length 8: did not leave"],
            _bench.MustFail(Yaml));
    }

    [Fact]
    public void A_frame_that_should_not_have_left_is_told()
    {
        byte[][] left = Replay();
        _bench.WriteCapture("expected.pcap", left[1..]);
        Assert.Equal(
            ["2:11: output wan: IP 192.168.1.10.40000 > 8.8.8.8.53: UDP, length 8: left as frame 1, and is not in expected.pcap"],
            _bench.MustFail(Yaml));
    }

    [Fact]
    public void Frames_that_differ_are_held_side_by_side_with_the_first_byte_that_does()
    {
        byte[][] left = Replay();
        left[0] = TestFrames.With(left[0], 22, 99);
        _bench.WriteCapture("expected.pcap", left);
        string text = "IP 192.168.1.10.40000 > 8.8.8.8.53: UDP, length 8";
        Assert.Equal(
            [$"2:11: output wan: frame 1 of expected.pcap, {text}: left as {text}, where byte 22 is 3f for 63"], _bench.MustFail(Yaml));
        _bench.WriteCapture("expected.pcap", [TestFrames.With(left[0], 22, 63).Append((byte)0).ToArray(), .. left[1..]]);
        Assert.EndsWith(", with 50 bytes for 51", Assert.Single(_bench.MustFail(Yaml)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_frame_is_expected_as_often_as_it_stands_there()
    {
        byte[][] left = Replay();
        _bench.WriteCapture("expected.pcap", [left[0], .. left]);
        Assert.EndsWith(": did not leave", Assert.Single(_bench.MustFail(Yaml)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_to_be_empty_is_held_to_that()
    {
        _bench.WriteCapture("expected.pcap");
        Assert.Equal(Replay().Length, _bench.MustFail(Yaml).Length);
        _bench.WriteCapture("lan.pcap", ScenarioBench.Packets[3]);
        _bench.MustPass(Yaml);
    }

    [Fact]
    public void Beyond_twenty_frames_they_are_counted()
    {
        _bench.WriteCapture("lan.pcap", Enumerable.Range(0, 30).Select(i => ScenarioBench.Udp("9.9.9.9", payload: i)));
        _bench.WriteCapture("expected.pcap");
        string[] lines = _bench.MustFail(Yaml);
        Assert.Equal(OutputCheck.MaximumLines + 1, lines.Length);
        Assert.Equal("2:11: output wan: 10 more frames differ", lines[^1]);
    }

    [Theory]
    [InlineData("outputs: {dmz: expected.pcap}", "2:11: dmz: there is no such port; the configuration has lan, wan")]
    [InlineData("outputs: {lan.20: expected.pcap}", "2:11: lan.20: frames reach a sub-port through its parent; name lan instead")]
    [InlineData("outputs: {'lan,wan': expected.pcap}", "2:11: lan,wan: frames leave by one port; name one")]
    public void A_port_that_is_none_is_refused(string outputs, string line) =>
        Assert.Equal([line], _bench.MustEnd(ScenarioOutcome.Refused, $"config: router.yaml\n{outputs}\n"));

    [Fact]
    public void A_capture_of_what_should_leave_must_be_there_and_whole()
    {
        Assert.Equal(["2:16: expected.pcap: cannot be read: there is no such file"], _bench.MustEnd(ScenarioOutcome.Broken, Yaml));
        byte[] whole = File.ReadAllBytes(_bench["lan.pcap"]);
        File.WriteAllBytes(_bench["expected.pcap"], whole[..^1]);
        string line = Assert.Single(_bench.MustEnd(ScenarioOutcome.Broken, Yaml));
        Assert.StartsWith("2:16: expected.pcap: damaged at byte ", line, StringComparison.Ordinal);
        whole[20] = 147;                                                // a link type that nobody reads
        File.WriteAllBytes(_bench["expected.pcap"], whole);
        Assert.Equal(["2:16: expected.pcap: record 1 holds no whole frame"], _bench.MustEnd(ScenarioOutcome.Broken, Yaml));
    }

    /// <summary>What left by wan, as a replay of lan.pcap wrote it.</summary>
    private byte[][] Replay()
    {
        ApplianceProgram.Succeed("replay", "--config", _bench["router.yaml"], "--in", $"lan={_bench["lan.pcap"]}", "--out", _bench["out"]);
        return [.. Captures.Frames(_bench["out/wan.pcap"]).Select(Convert.FromHexString)];
    }
}
