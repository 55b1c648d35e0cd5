using System.Text.RegularExpressions;
using Appliance.Wire.Ethernet;
using Xunit;

namespace Appliance.Tests;

/// <summary>What <c>--out</c> leaves.</summary>
public sealed partial class ReplayOutputTests : IDisposable
{
    private const string NanosecondPcapHeader = "4d3cb2a1020004000000000000000000000004000100" + "0000";

    private readonly TemporaryFolder _folder = new();

    [GeneratedRegex("\"elapsedSeconds\": [0-9.eE+-]+")]
    private static partial Regex Elapsed { get; }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_physical_port_has_its_capture_even_an_empty_one_in_a_folder_that_is_made()
    {
        string nothing = Captures.Write(_folder["nothing.pcap"], default);
        ApplianceProgram.Succeed(Demo.ReplayOf(nothing, "--out", _folder["new/below"]));
        Assert.Equal(["lan.pcap", "wan.pcap"],
            Directory.EnumerateFiles(_folder["new/below"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(NanosecondPcapHeader, Convert.ToHexStringLower(File.ReadAllBytes(_folder["new/below/lan.pcap"])));
        Assert.Equal(NanosecondPcapHeader, Convert.ToHexStringLower(File.ReadAllBytes(_folder["new/below/wan.pcap"])));
    }

    [Fact]
    public void What_stood_there_before_is_overwritten_to_its_end()
    {
        Directory.CreateDirectory(_folder["out"]);
        _folder.Write("out/wan.pcap", new byte[100_000]);
        string one = Captures.Write(_folder["one.pcap"], default, "udp 192.168.1.10:1 > 203.0.113.80:2");
        ApplianceProgram.Succeed(Demo.ReplayOf(one, "--out", _folder["out"]));
        Assert.Single(Captures.Frames(_folder["out/wan.pcap"]));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    [InlineData("4")]
    public void Two_runs_leave_the_same_bytes_and_the_same_document(string vcpus)
    {
        string first = ReplayDemo("first", "--vcpus", vcpus);
        string second = ReplayDemo("second", "--vcpus", vcpus);
        Assert.Equal(Elapsed.Replace(first, ""), Elapsed.Replace(second, ""));
        foreach (string port in (string[])["lan", "wan"])
            Assert.Equal(File.ReadAllBytes(_folder[$"first/{port}.pcap"]), File.ReadAllBytes(_folder[$"second/{port}.pcap"]));
    }

    [Fact]
    public void More_vcpus_send_the_same_frames_and_each_judges_some()
    {
        string[] sent = [];
        foreach (int vcpus in (int[])[1, 2, 4])
        {
            string name = $"with-{vcpus}";
            ProcessRun run = ApplianceProgram.Succeed(Demo.Replay("--json", "--out", _folder[name], "--vcpus", $"{vcpus}"));
            var shares = ApplianceProgram.Json(run).GetProperty("vcpus").EnumerateArray().Select(vcpu =>
                vcpu.GetProperty("frames").GetInt32()).ToArray();
            Assert.Equal(vcpus, shares.Length);
            Assert.DoesNotContain(0, shares);
            string[] frames = [.. Captures.Frames(_folder[$"{name}/lan.pcap"]), "|", .. Captures.Frames(_folder[$"{name}/wan.pcap"])];
            Array.Sort(frames, StringComparer.Ordinal);
            Assert.True(sent.Length == 0 || sent.SequenceEqual(frames), $"{vcpus} vCPUs sent other frames than one");
            sent = frames;
        }
    }

    [Fact]
    public void Another_seed_steers_otherwise_and_sends_the_same_frames()
    {
        string one = ReplayDemo("one", "--seed", "1");
        Assert.Equal(Elapsed.Replace(one, ""), Elapsed.Replace(ReplayDemo("default"), ""));
        Assert.NotEqual(Elapsed.Replace(one, ""), Elapsed.Replace(ReplayDemo("other", "--seed", "18446744073709551615"), ""));
        foreach (string port in (string[])["lan", "wan"])
            Assert.Equal(Captures.Frames(_folder[$"one/{port}.pcap"]).Order(StringComparer.Ordinal),
                Captures.Frames(_folder[$"other/{port}.pcap"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void With_strict_macs_frames_for_other_stations_are_dropped()
    {
        string other = Captures.Write(_folder["other.pcap"], new MacAddress(0x02_de_ad_be_ef_01), "udp 192.168.1.10:1 > 203.0.113.80:2");
        string own = Captures.Write(_folder["own.pcap"], new MacAddress(0x02_01_00_00_00_01), "udp 192.168.1.10:1 > 203.0.113.80:2");
        Assert.Equal((1, 0), OutAndNotForUs(other));
        Assert.Equal((0, 1), OutAndNotForUs(other, "--strict-mac"));
        Assert.Equal((1, 0), OutAndNotForUs(own, "--strict-mac"));
    }

    [Fact]
    public void A_device_without_room_is_named_in_one_line()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full");
        Directory.CreateDirectory(_folder["out"]);
        File.CreateSymbolicLink(_folder["out/wan.pcap"], "/dev/full");
        string line = ApplianceProgram.Fail(1, Demo.Replay("--out", _folder["out"]));
        Assert.Contains("wan.pcap", line, StringComparison.Ordinal);
        Assert.Contains("no space left", line, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_device_is_nobodys_alone()
    {
        Directory.CreateDirectory(_folder["out"]);
        File.CreateSymbolicLink(_folder["out/wan.pcap"], "/dev/null");
        string[] toNowhere = ["--out", _folder["out"], "--report", "/dev/null", "--log", "/dev/null", "--log-format", "json"];
        ApplianceProgram.Succeed(Demo.Replay(toNowhere));
    }

    private string ReplayDemo(string folder, params string[] more) =>
        ApplianceProgram.Succeed(Demo.Replay(["--json", "--out", _folder[folder], .. more])).Output;

    private static (int Out, int NotForUs) OutAndNotForUs(string capture, params string[] more)
    {
        var json = ApplianceProgram.Json(ApplianceProgram.Succeed(Demo.ReplayOf(capture, ["--json", .. more])));
        bool dropped = json.GetProperty("drops").TryGetProperty("not-for-us", out var count);
        return (json.GetProperty("frames").GetProperty("out").GetInt32(), dropped ? count.GetInt32() : 0);
    }
}
