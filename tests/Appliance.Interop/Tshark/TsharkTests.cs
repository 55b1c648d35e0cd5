using Appliance.Testing;
using Appliance.Tests;
using Appliance.Wire.Pcap;
using Xunit;

namespace Appliance.Interop;

/// <summary>
/// tshark finds nothing wrong with a frame sent that it did not find wrong with the frame it came from, and nothing at all with one made
/// here.
/// </summary>
public sealed class TsharkTests : IDisposable
{
    // Read once for all configurations: a tshark for each capture.
    private static readonly Lazy<Dictionary<string, HashSet<string>>> OfSharedCaptures = new(() => Know(SharedCaptures.Sample()));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("vlans.yaml")]
    [Variation("small-mtu.yaml")]
    public void Nothing_is_wrong_with_what_the_shared_captures_become(string configuration)
    {
        string[] captures = [.. SharedCaptures.Sample()];
        Peer.Require("tshark");
        string file = RepositoryFiles.PathTo("tests", "Appliance.Interop", "Configurations", configuration);
        int leastForwarded = TestSize.Of(person: 1000, server: 3000, soak: 3000);
        Judge(OfSharedCaptures.Value, leastForwarded, ["replay", "--config", file, .. CaptureInputs.Of("lan", captures)]);
    }

    [Fact]
    public void Nothing_is_wrong_with_what_the_demo_becomes() =>
        Judge(Know([RepositoryFiles.DemoLan, RepositoryFiles.DemoWan]), 1500, Demo.Replay());

    [Fact]
    public void A_frame_sent_wrong_would_be_found()
    {
        // The canary: the demo as sent, one byte of one payload in two changed behind the checksums.
        byte[] capture = File.ReadAllBytes(RepositoryFiles.DemoWan);
        string broken = _folder["broken.pcap"];
        using (CaptureReader reader = CaptureReader.Open(new MemoryStream(capture)))
        using (var writer = new PcapWriter(File.Create(broken)))
        {
            while (reader.TryRead(out CaptureRecord record))
            {
                byte[] frame = record.Bytes.ToArray();
                if (frame.Length > 100) frame[90] ^= 0x55;
                writer.Write(frame, record.TimestampNanoseconds);
            }
        }

        Assert.True(TsharkFindings.Of(broken).Count(findings => findings.Count > 0) > 100);
    }

    /// <summary>What is wrong with the frames that come in, by what forwarding leaves of each.</summary>
    private static Dictionary<string, HashSet<string>> Know(IEnumerable<string> captures)
    {
        var sources = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (string capture in captures)
        {
            HashSet<string>[] findings = TsharkFindings.Of(capture);
            string[] frames = Captures.Frames(capture);
            Assert.Equal(frames.Length, findings.Length);
            for (int i = 0; i < frames.Length; i++)
            {
                foreach (string key in Keys(Convert.FromHexString(frames[i])))
                {
                    if (!sources.TryAdd(key, [.. findings[i]])) sources[key].UnionWith(findings[i]);
                }
            }
        }

        return sources;
    }

    private void Judge(Dictionary<string, HashSet<string>> sources, int leastForwarded, IEnumerable<string> replay)
    {
        ApplianceProgram.Succeed([.. replay, "--out", _folder["out"]]);
        int forwarded = 0, generated = 0;
        var wrong = new List<string>();
        foreach (string capture in Directory.EnumerateFiles(_folder["out"]))
        {
            HashSet<string>[] findings = TsharkFindings.Of(capture);
            HashSet<string>[] findingsOfOurs = TsharkFindings.WithoutTransport(capture);
            string[] frames = Captures.Frames(capture);
            Assert.Equal((frames.Length, frames.Length), (findings.Length, findingsOfOurs.Length));
            for (int i = 0; i < frames.Length; i++)
            {
                byte[] frame = Convert.FromHexString(frames[i]);
                string? source = Keys(frame).FirstOrDefault(sources.ContainsKey);
                if (source is null) generated++;
                else forwarded++;
                if (source is null) Assert.True(DatagramIdentity.MayBeOurs(frame), $"neither forwarded nor ARP or ICMP: {frames[i]}");
                IEnumerable<string> unexplained = source is null ? findingsOfOurs[i] : findings[i].Except(sources[source]);
                wrong.AddRange(unexplained.Select(finding => $"{Path.GetFileName(capture)} frame {i + 1}: {finding}: {frames[i]}"));
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{forwarded} forwarded, {generated} generated, {wrong.Count} findings that no input explains");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(forwarded >= leastForwarded && generated > 0, $"{forwarded} forwarded and {generated} generated frames");
    }

    private static IEnumerable<string> Keys(byte[] frame) =>
        new[] { DatagramIdentity.Of(frame), DatagramIdentity.OfWhole(frame) is { } whole ? "fragment of " + whole : null }.OfType<string>();
}
