using System.Text;
using System.Text.Json;
using Appliance.Configuration;
using Appliance.Node;
using Appliance.Testing;
using Appliance.Wire.Pcap;
using Xunit;

namespace Appliance.Tests;

/// <summary>
/// Captures in, captures and counters out: filtering, each kind of translation, reflection, errors through translation, refusals that are
/// answered. The captures are in the repository; what they have to say is written by hand (<see cref="GoldenCase"/>), and read here the
/// plain way and elsewhere by tshark. With APPLIANCE_WRITE_CAPTURES set, they are written (<c>inputs</c>, <c>outputs</c>): what was written
/// by hand still has to hold.
/// </summary>
public sealed class GoldenReplayTests
{
    private static readonly string? Written = Environment.GetEnvironmentVariable("APPLIANCE_WRITE_CAPTURES");

    public static TheoryData<string> Names => [.. GoldenCase.Names];

    public static TheoryData<string, int> NamesByVcpus
    {
        get
        {
            var all = new TheoryData<string, int>();
            foreach (string name in GoldenCase.Names)
            {
                foreach (int vcpus in (int[])[1, 2, 4]) all.Add(name, vcpus);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_comes_in_is_what_its_text_says(string name)
    {
        GoldenCase golden = GoldenCase.Read(name);
        foreach (string port in GoldenCase.Ports)
        {
            byte[] made = GoldenInput.Capture(golden, port);
            if (Written == "inputs") File.WriteAllBytes(golden.Input(port), made);
            Assert.Equal(made, File.ReadAllBytes(golden.Input(port)));
        }
    }

    [Theory]
    [MemberData(nameof(NamesByVcpus))]
    public void What_leaves_is_the_golden_to_the_byte_and_the_counters_are_those_written(string name, int vcpus)
    {
        GoldenCase golden = GoldenCase.Read(name);
        string json = Replay(golden, vcpus, out Dictionary<string, byte[]> left);
        foreach (string port in GoldenCase.Ports)
        {
            if (Written == "outputs") File.WriteAllBytes(golden.Output(port), left[port]);
            Assert.Equal(File.ReadAllBytes(golden.Output(port)), left[port]);
        }

        using JsonDocument document = JsonDocument.Parse(json);
        Assert.NotEmpty(golden.Counters);
        foreach ((string path, long number) in golden.Counters)
            Assert.Equal((path, number), (path, NumberAt(document.RootElement, path)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_golden_says_what_was_written_by_hand(string name)
    {
        GoldenCase golden = GoldenCase.Read(name);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string port in GoldenCase.Ports)
        {
            List<string> lines = [];
            using CaptureReader reader = CaptureReader.Open(File.OpenRead(golden.Output(port)));
            while (reader.TryRead(out CaptureRecord record)) lines.Add(PlainLine.Of(record.Bytes));
            Assert.Null(reader.Damage);
            string difference = GoldenLines.Compare(golden[port], lines, names);
            Assert.True(difference.Length == 0, $"{port}:\n{difference}");
        }
    }

    /// <summary>The canary: a line that is not so is found.</summary>
    [Fact]
    public void What_was_written_by_hand_could_be_wrong()
    {
        string[] read = ["udp 203.0.113.33:50001 > 198.51.100.7:53", "udp 203.0.113.34:50001 > 198.51.100.7:53"];
        Assert.Equal("", Compare("udp 203.0.113.33:{a} > 198.51.100.7:53", "udp {x:203.0.113.32/30}:{a} > 198.51.100.7:53"));
        Assert.NotEqual("", Compare("udp 203.0.113.33:{a} > 198.51.100.7:53"));
        Assert.NotEqual("", Compare("udp 203.0.113.33:{a} > 198.51.100.7:53", "udp 203.0.113.34:{b} > 198.51.100.7:53"));
        Assert.NotEqual("", Compare("udp {x:203.0.113.32/30}:{a} > 198.51.100.7:53", "udp {x}:{a} > 198.51.100.7:53"));
        Assert.NotEqual("", Compare("udp {x:203.0.113.0/30}:{a} > 198.51.100.7:53", "udp 203.0.113.34:{a} > 198.51.100.7:53"));
        Assert.NotEqual("", Compare("udp 203.0.113.33:{a:1-9} > 198.51.100.7:53", "udp 203.0.113.34:50001 > 198.51.100.7:53"));

        string Compare(params string[] expected) =>
            GoldenLines.Compare(expected, read, new Dictionary<string, string>(StringComparer.Ordinal));
    }

    private static string Replay(GoldenCase golden, int vcpus, out Dictionary<string, byte[]> left)
    {
        RulesetTexts rules = new RulesetTexts().With("case.pf.conf", golden.Rules);
        ConfigurationResult read = ConfigurationLoader.LoadText(GoldenCase.Network, "case.yaml", rules);
        Assert.Empty(read.Errors);
        RuntimeModel model = read.Model!;
        MemoryStream?[] streams = [.. model.Ports.Select(_ => new MemoryStream())];
        using var session = new ReplaySession(
            model,
            new NodeOptions { Workers = vcpus },
            new ReplayOptions(FollowsNat: true),
            [.. GoldenCase.Ports.Select(port => new ReplayInput(
                port, golden.Input(port), [model.FindPort(port)!.Index], File.OpenRead(golden.Input(port))))],
            new ReplayOutput([.. streams]));
        ReplayReport report = session.Run(_ => { });
        Assert.True(report.Accounts.IsBalanced);
        left = GoldenCase.Ports.ToDictionary(port => port, port => streams[model.FindPort(port)!.Index]!.ToArray());
        return Encoding.UTF8.GetString(ReplayJson.Render(report, elapsedSeconds: 0));
    }

    private static long NumberAt(JsonElement element, string path)
    {
        foreach (string name in path.Split('.'))
            Assert.True(element.TryGetProperty(name, out element), $"there is no {path}");
        return element.GetInt64();
    }
}
