using System.Text;
using Appliance.Configuration;
using Appliance.Testing;
using Appliance.Wire.Pcap;
using Xunit;

namespace Appliance.Management.Tests.Capturing;

/// <summary>Frames from inside the path, with what became of each.</summary>
public sealed class CaptureTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Each_frame_that_came_in_has_its_verdict(int vcpus)
    {
        await using LiveBox box = await LiveBox.StartAsync(vcpus);
        byte[][] frames =
        [
            BoxFrames.Syn(40_000),
            BoxFrames.Syn(40_001, destination: "198.18.0.1"),
            BoxFrames.Syn(40_002, source: "192.168.2.1"),
            BoxFrames.Syn(40_003, destination: "192.168.1.1"),
        ];
        List<(byte[] Bytes, string Comment)> captured =
            await CaptureAsync(box, "port=lan&filter=tcp&count=4", () => box.Send("lan", frames));
        Assert.Equal(
            [
                "block by edge.pf.conf:4: block", "consume by inside", "drop: blackhole", "pass by inside and edge.pf.conf:7: out by wan",
            ],
            captured.Select(one => one.Comment).Order(StringComparer.Ordinal));
        Assert.Equal(
            frames.Select(Convert.ToHexString).Order(StringComparer.Ordinal),
            captured.Select(one => Convert.ToHexString(one.Bytes)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_leaves_is_captured_as_it_leaves_and_says_where_it_came_in()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        (string Port, byte[] Bytes)[] sent = [];
        List<(byte[] Bytes, string Comment)> captured = await CaptureAsync(
            box, "port=wan&count=1", async () => sent = await box.Send("lan", BoxFrames.Syn(40_000)));
        Assert.Equal("sent: in by lan", captured[0].Comment);
        Assert.Equal(sent[0].Bytes, captured[0].Bytes);
    }

    [Fact]
    public async Task A_frame_of_an_established_connection_is_followed_like_any_other()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        byte[] frame = BoxFrames.Udp(BoxFrames.Inside, 5000, BoxFrames.Outside, 53);
        await box.Send("lan", frame);
        List<(byte[] Bytes, string Comment)> captured =
            await CaptureAsync(box, "port=lan&filter=udp%20port%2053&count=1", () => box.Send("lan", frame));
        Assert.Equal("pass by inside and edge.pf.conf:7: out by wan", captured[0].Comment);
    }

    [Fact]
    public async Task A_sub_port_has_the_frames_with_its_tag()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        byte[] tagged = TestFrames.Tagged(BoxFrames.Syn(40_000, "192.168.20.9"), 20);
        List<(byte[] Bytes, string Comment)> captured = await CaptureAsync(
            box, "port=lan.20&count=1", () => box.Send("lan", BoxFrames.Syn(40_001), tagged));
        Assert.Equal(tagged, captured[0].Bytes);
        Assert.Equal("block by edge.pf.conf:4: block", captured[0].Comment);
    }

    [Fact]
    public async Task A_filter_may_be_as_long_as_a_list_of_hosts_and_no_longer_than_its_bound()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        string hosts = string.Concat(Enumerable.Range(0, 4000).Select(host => $"10.{host / 250}.0.{host % 250} or "));
        Assert.InRange(hosts.Length, 48 << 10, 64 << 10);
        List<(byte[] Bytes, string Comment)> captured = await CaptureAsync(
            box, $"port=lan&count=1&filter={Uri.EscapeDataString($"{hosts}192.168.1.10")}", () => box.Send("lan", BoxFrames.Syn(40_000)));
        Assert.Single(captured);
        string tooLong = new(' ', (64 << 10) + 1);
        ControlRefusedException refusal = await Assert.ThrowsAsync<ControlRefusedException>(
            () => box.Client.OpenAsync($"capture?port=lan&filter={Uri.EscapeDataString(tooLong)}", Cancellation));
        Assert.Equal("filter: it has 65537 characters; at most 65536 are taken", Assert.Single(refusal.Lines));
        Assert.True(refusal.IsMistake);
    }

    [Fact]
    public async Task A_capture_that_nobody_reads_any_more_is_off()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        await CaptureAsync(box, "port=lan&count=1", () => box.Send("lan", BoxFrames.Syn(40_000)));
        for (int i = 0; i < 1000 && await IsOn(); i++) await box.Wait(0.01);
        Assert.False(await IsOn());

        Task<bool> IsOn() => box.OnControl(() => box.Node.Workers.Any(worker => worker.Tap is not null));
    }

    [Fact]
    public async Task A_capture_ends_with_its_port_and_says_so()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        byte[] tagged = TestFrames.Tagged(BoxFrames.Syn(40_000, "192.168.20.9"), 20);
        PcapngCopy copy = null!;
        List<(byte[] Bytes, string Comment)> captured = await CaptureAsync(
            box,
            "port=lan.20",
            async () =>
            {
                await box.Send("lan", tagged);
                await box.OnControl(() => Remove(box, "lan.20"));
                await box.Send("lan", tagged);
            },
            made => copy = made);
        Assert.Equal(tagged, Assert.Single(captured).Bytes);
        Assert.Equal("port lan.20 is gone", copy.Ending);
    }

    [Fact]
    public async Task There_are_so_many_captures_and_no_more()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        var open = new List<Stream>();
        for (int i = 0; i < 4; i++) open.Add(await box.Client.OpenAsync("capture?port=lan", Cancellation));
        ControlRefusedException refusal = await Assert.ThrowsAsync<ControlRefusedException>(
            () => box.Client.OpenAsync("capture?port=lan", Cancellation));
        Assert.Contains("as many captures as there may be", Assert.Single(refusal.Lines), StringComparison.Ordinal);
        foreach (Stream stream in open) await stream.DisposeAsync();
    }

    /// <summary>What is captured while <paramref name="act"/> goes on.</summary>
    /// <param name="box">Where.</param>
    /// <param name="query">What.</param>
    /// <param name="act">What goes on.</param>
    /// <param name="told">Gets what copies it.</param>
    private static async Task<List<(byte[] Bytes, string Comment)>> CaptureAsync(
        LiveBox box, string query, Func<Task> act, Action<PcapngCopy>? told = null)
    {
        await using Stream stream = await box.Client.OpenAsync($"capture?{query}", Cancellation);
        await act();
        using var file = new MemoryStream();
        var copy = new PcapngCopy(stream, () => file);
        told?.Invoke(copy);
        Task reading = copy.RunAsync(null, Cancellation);
        while (!reading.IsCompleted) await box.Wait(0.05);              // the control thread takes them in its time
        await reading;
        return ReadAll(file.ToArray());
    }

    private static bool Remove(LiveBox box, string port)
    {
        string yaml = string.Join('\n', LiveBox.Yaml.Split('\n').Where(line => !line.Contains($"{port}:", StringComparison.Ordinal)));
        RuntimeModel left = ConfigurationLoader.LoadText(yaml, "edge.yaml", new RulesetFiles(box.Folder.Path)).Model!;
        box.Node.Apply(PortNumbering.Keep(left, box.Node.Configuration));
        return box.Node.Configuration.FindPort(port) is null;
    }

    /// <summary>Packets with their comments: the reader of captures does not read comments.</summary>
    private static List<(byte[] Bytes, string Comment)> ReadAll(byte[] file)
    {
        var packets = new List<(byte[], string)>();
        for (int at = 0; at < file.Length; at += BitConverter.ToInt32(file, at + 4))
        {
            if (BitConverter.ToUInt32(file, at) != 6) continue;
            int captured = BitConverter.ToInt32(file, at + 20), option = at + 28 + ((captured + 3) & ~3);
            Assert.Equal(1, BitConverter.ToUInt16(file, option));
            string comment = Encoding.UTF8.GetString(file, option + 4, BitConverter.ToUInt16(file, option + 2));
            packets.Add((file.AsSpan(at + 28, captured).ToArray(), comment));
        }

        using CaptureReader reader = CaptureReader.Open(new MemoryStream(file));
        int read = 0;
        while (reader.TryRead(out _)) read++;
        Assert.Equal((packets.Count, null), (read, reader.Damage));
        return packets;
    }
}
