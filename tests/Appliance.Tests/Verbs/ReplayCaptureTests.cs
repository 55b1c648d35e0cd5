using System.Text.Json;
using Xunit;

namespace Appliance.Tests;

/// <summary>Captures that are missing, damaged, or in the way.</summary>
public sealed class ReplayCaptureTests : IDisposable
{
    private const int CutAt = 5000;                                     // bytes: within a record of 66 that begins at 4960

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_damaged_capture_is_replayed_up_to_the_damage_which_one_line_places()
    {
        string cut = CutDemo();
        ProcessRun run = ApplianceProgram.Run(Demo.ReplayOf(cut, "--json", "--out", _folder["out"]));
        Assert.Equal(1, run.ExitCode);
        int damagedAt = EndOfLastWholeRecord(File.ReadAllBytes(cut), out int frames);
        Assert.StartsWith($"{cut}: at byte {damagedAt}: ", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        JsonElement json = ApplianceProgram.Json(run);
        Assert.Equal(frames, json.GetProperty("frames").GetProperty("in").GetInt32());
        JsonElement input = Assert.Single(json.GetProperty("inputs").EnumerateArray());
        Assert.Equal(frames, input.GetProperty("frames").GetInt32());
        Assert.Equal(cut, input.GetProperty("file").GetString());
        Assert.Contains($"byte {damagedAt}", input.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            json.GetProperty("ports").GetProperty("wan").GetProperty("out").GetInt32(), Captures.Frames(_folder["out/wan.pcap"]).Length);
    }

    [Fact]
    public void The_report_for_people_is_printed_in_spite_of_damage()
    {
        ProcessRun run = ApplianceProgram.Run(Demo.ReplayOf(CutDemo()));
        Assert.Equal(1, run.ExitCode);
        Assert.Single(run.ErrorLines);
        Assert.Contains("balanced", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_damaged_capture_has_its_line_and_the_whole_ones_are_replayed()
    {
        string cut = CutDemo();
        string junk = _folder.Write("junk.pcap", "neither of the two");
        ProcessRun run = ApplianceProgram.Run(
            Demo.ReplayOf(cut, "--in", $"lan={junk}", "--in", $"wan={RepositoryFiles.DemoWan}", "--json"));
        Assert.Equal(1, run.ExitCode);
        Assert.Collection(run.ErrorLines,
            line => Assert.StartsWith($"{cut}: at byte 4960: ", line, StringComparison.Ordinal),
            line => Assert.StartsWith($"{junk}: at byte 0: ", line, StringComparison.Ordinal));
        int wan = Captures.Frames(RepositoryFiles.DemoWan).Length;
        Assert.Equal(wan, ApplianceProgram.Json(run).GetProperty("ports").GetProperty("wan").GetProperty("in").GetInt32());
    }

    [Fact]
    public void A_missing_capture_ends_it_before_anything_is_written()
    {
        string missing = _folder["none.pcap"];
        ProcessRun run = ApplianceProgram.Run(Demo.ReplayOf(missing, "--json", "--out", _folder["out"]));
        Assert.Equal(1, run.ExitCode);
        Assert.Equal($"{missing}: cannot be read: there is no such file", Assert.Single(run.ErrorLines));
        Assert.Empty(run.Output);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_capture_is_never_overwritten_by_its_own_replay(bool underAnotherName)
    {
        Directory.CreateDirectory(_folder["both"]);
        File.Copy(RepositoryFiles.DemoLan, _folder["both/lan.pcap"]);
        string name = _folder["both/lan.pcap"];
        if (underAnotherName) name = File.CreateSymbolicLink(_folder["other.pcap"], name).FullName;
        string line = ApplianceProgram.Fail(1, Demo.ReplayOf(name, "--out", _folder["both"]));
        Assert.Contains("both/lan.pcap: cannot be written: it is in use", line, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(RepositoryFiles.DemoLan), File.ReadAllBytes(_folder["both/lan.pcap"]));
    }

    [Fact]
    public void Frames_of_a_capture_of_both_sides_enter_where_their_source_is()
    {
        string both = Captures.Write(_folder["both.pcap"], default,
            "udp 192.168.1.10:1 > 203.0.113.80:2", "udp 203.0.113.80:2 > 192.168.1.10:1", "udp 192.168.1.10:1 > 203.0.113.80:3");
        ProcessRun run = ApplianceProgram.Succeed(
            "replay", "--config", RepositoryFiles.DemoConfiguration, "--in", $"lan,wan={both}", "--json");
        JsonElement ports = ApplianceProgram.Json(run).GetProperty("ports");
        Assert.Equal((2, 1), In(ports));
    }

    private static (int Lan, int Wan) In(JsonElement ports) =>
        (ports.GetProperty("lan").GetProperty("in").GetInt32(), ports.GetProperty("wan").GetProperty("in").GetInt32());

    private string CutDemo() => _folder.Write("cut.pcap", File.ReadAllBytes(RepositoryFiles.DemoLan).AsSpan(0, CutAt));

    /// <summary>
    /// Where the first record stands that is not all there, by the format alone: little-endian, 24 bytes and 16 a record.
    /// </summary>
    private static int EndOfLastWholeRecord(ReadOnlySpan<byte> file, out int records)
    {
        int at = 24;
        for (records = 0; at + 16 <= file.Length; records++)
        {
            int end = at + 16 + BitConverter.ToInt32(file[(at + 8)..]);
            if (end > file.Length) break;
            at = end;
        }

        return at;
    }
}
