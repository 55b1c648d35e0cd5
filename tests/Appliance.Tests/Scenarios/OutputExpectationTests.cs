using Appliance.Scenarios;
using Appliance.Testing;
using Xunit;

namespace Appliance.Tests;

/// <summary><c>outputs</c>: what is to leave, to the byte, in the order of each flow.</summary>
public sealed class OutputExpectationTests : IDisposable
{
    private const string Yaml = "config: router.yaml\noutputs: {wan: expected.pcap}\n";

    private readonly ScenarioRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void What_a_replay_wrote_is_what_is_expected()
    {
        Replay();
        File.Copy(_rig["out/wan.pcap"], _rig["expected.pcap"]);
        _rig.MustPass(Yaml);
        File.Copy(_rig["out/lan.pcap"], _rig["answers.pcap"]);
        _rig.MustPass("config: router.yaml\noutputs: {wan: expected.pcap, lan: answers.pcap}\n");
    }

    [Fact]
    public void The_order_between_flows_is_free_and_that_within_one_is_not()
    {
        byte[][] flows = [.. Enumerable.Range(0, 6).Select(i => ScenarioRig.Udp("9.9.9.9", port: (ushort)(50 + (i % 2)), payload: i))];
        _rig.WriteCapture("lan.pcap", flows);
        byte[][] left = Replay();
        _rig.WriteCapture("expected.pcap", [.. left.Where((_, i) => i % 2 == 1), .. left.Where((_, i) => i % 2 == 0)]);
        _rig.MustPass(Yaml);
        _rig.WriteCapture("expected.pcap", left[0], left[1], left[4], left[3], left[2], left[5]);
        Assert.Equal(
            ["2:11: output wan: from frame 3 of expected.pcap on, IP 192.168.1.10.40000 > 9.9.9.9.50: UDP, length 4: " +
                "its flow left in another order"],
            _rig.MustFail(Yaml));
    }

    [Fact]
    public void A_frame_that_did_not_leave_is_told()
    {
        byte[][] left = Replay();
        _rig.WriteCapture("expected.pcap", [.. left, ScenarioRig.Udp("1.1.1.1")]);
        Assert.Equal(
            [$"2:11: output wan: frame {left.Length + 1} of expected.pcap, " +
                "IP 192.168.1.10.40000 > 1.1.1.1.53: UDP, length 8: did not leave"],
            _rig.MustFail(Yaml));
    }

    [Fact]
    public void A_frame_that_should_not_have_left_is_told()
    {
        byte[][] left = Replay();
        _rig.WriteCapture("expected.pcap", left[1..]);
        Assert.Equal(
            ["2:11: output wan: IP 192.168.1.10.40000 > 8.8.8.8.53: UDP, length 8: left as frame 1, and is not in expected.pcap"],
            _rig.MustFail(Yaml));
    }

    [Fact]
    public void Frames_that_differ_are_held_side_by_side_with_the_first_byte_that_does()
    {
        byte[][] left = Replay();
        left[0] = TestFrames.With(left[0], 22, 99);
        _rig.WriteCapture("expected.pcap", left);
        string text = "IP 192.168.1.10.40000 > 8.8.8.8.53: UDP, length 8";
        Assert.Equal(
            [$"2:11: output wan: frame 1 of expected.pcap, {text}: left as {text}, where byte 22 is 3f for 63"], _rig.MustFail(Yaml));
        _rig.WriteCapture("expected.pcap", [TestFrames.With(left[0], 22, 63).Append((byte)0).ToArray(), .. left[1..]]);
        Assert.EndsWith(", with 50 bytes for 51", Assert.Single(_rig.MustFail(Yaml)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_frame_is_expected_as_often_as_it_stands_there()
    {
        byte[][] left = Replay();
        _rig.WriteCapture("expected.pcap", [left[0], .. left]);
        Assert.EndsWith(": did not leave", Assert.Single(_rig.MustFail(Yaml)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_to_be_empty_is_held_to_that()
    {
        _rig.WriteCapture("expected.pcap");
        Assert.Equal(Replay().Length, _rig.MustFail(Yaml).Length);
        _rig.WriteCapture("lan.pcap", ScenarioRig.Packets[3]);
        _rig.MustPass(Yaml);
    }

    [Fact]
    public void Beyond_twenty_frames_they_are_counted()
    {
        _rig.WriteCapture("lan.pcap", Enumerable.Range(0, 30).Select(i => ScenarioRig.Udp("9.9.9.9", payload: i)));
        _rig.WriteCapture("expected.pcap");
        string[] lines = _rig.MustFail(Yaml);
        Assert.Equal(OutputCheck.MaximumLines + 1, lines.Length);
        Assert.Equal("2:11: output wan: 10 more frames differ", lines[^1]);
    }

    [Theory]
    [InlineData("outputs: {dmz: expected.pcap}", "2:11: dmz: there is no such port; the configuration has lan, wan")]
    [InlineData("outputs: {lan.20: expected.pcap}", "2:11: lan.20: frames reach a sub-port through its parent; name lan instead")]
    [InlineData("outputs: {'lan,wan': expected.pcap}", "2:11: lan,wan: frames leave by one port; name one")]
    public void A_port_that_is_none_is_refused(string outputs, string line) =>
        Assert.Equal([line], _rig.MustEnd(ScenarioOutcome.Refused, $"config: router.yaml\n{outputs}\n"));

    [Fact]
    public void A_capture_of_what_should_leave_must_be_there_and_whole()
    {
        Assert.Equal(["2:16: expected.pcap: cannot be read: there is no such file"], _rig.MustEnd(ScenarioOutcome.Broken, Yaml));
        byte[] whole = File.ReadAllBytes(_rig["lan.pcap"]);
        File.WriteAllBytes(_rig["expected.pcap"], whole[..^1]);
        string line = Assert.Single(_rig.MustEnd(ScenarioOutcome.Broken, Yaml));
        Assert.StartsWith("2:16: expected.pcap: damaged at byte ", line, StringComparison.Ordinal);
        whole[20] = 147;                                                // a link type that nobody reads
        File.WriteAllBytes(_rig["expected.pcap"], whole);
        Assert.Equal(["2:16: expected.pcap: record 1 holds no whole frame"], _rig.MustEnd(ScenarioOutcome.Broken, Yaml));
    }

    /// <summary>What left by wan, as a replay of lan.pcap wrote it.</summary>
    private byte[][] Replay()
    {
        ApplianceProgram.Succeed("replay", "--config", _rig["router.yaml"], "--in", $"lan={_rig["lan.pcap"]}", "--out", _rig["out"]);
        return [.. Captures.Frames(_rig["out/wan.pcap"]).Select(Convert.FromHexString)];
    }
}
