using System.Text.Json;
using Appliance.Testing;
using Xunit;
using static Appliance.Node.Tests.Replaying;

namespace Appliance.Node.Tests;

/// <summary>The document of <c>replay --json</c>: every key that outside programs read, and every number in it.</summary>
public sealed class ReplayJsonTests
{
    private static readonly Replayed Mixed = Run(
        Boxes.Edge, 2, ("lan", Capture(MixedTraffic.Timed(5, 2000))), ("wan", Capture(MixedTraffic.Timed(6, 500))[..^3]));

    [Fact]
    public void It_has_exactly_these_keys()
    {
        using JsonDocument json = JsonDocument.Parse(Mixed.Json);
        JsonElement root = json.RootElement;
        Assert.Equal(
            [
                "frames", "drops", "ports", "vcpus", "lro", "tso", "checksums", "states", "verdicts", "log", "rules", "inputs",
                "captureSeconds", "elapsedSeconds",
            ],
            Keys(root));
        Assert.Equal(["records", "lost"], Keys(root.GetProperty("log")));
        Assert.Equal(["in", "out", "dropped", "consumed", "generated"], Keys(root.GetProperty("frames")));
        Assert.Equal(["lan", "wan"], Keys(root.GetProperty("ports")));
        Assert.All(root.GetProperty("ports").EnumerateObject(), port => Assert.Equal(
            ["in", "out", "bytesIn", "bytesOut", "dropped"], Keys(port.Value)));
        Assert.Equal(2, root.GetProperty("vcpus").GetArrayLength());
        Assert.All(root.GetProperty("vcpus").EnumerateArray(), vcpu => Assert.Equal(["id", "frames", "bytes", "batches"], Keys(vcpu)));
        Assert.Equal(["segments", "superframes"], Keys(root.GetProperty("lro")));
        Assert.Equal(["superframes", "segments"], Keys(root.GetProperty("tso")));
        Assert.Equal(["verified", "bad", "computed"], Keys(root.GetProperty("checksums")));
        Assert.Equal(["created", "expired", "current"], Keys(root.GetProperty("states")));
        Assert.All(root.GetProperty("inputs").EnumerateArray(), input => Assert.Equal(["port", "file", "frames", "error"], Keys(input)));
    }

    [Fact]
    public void Its_numbers_are_those_of_the_accounts()
    {
        using JsonDocument json = JsonDocument.Parse(Mixed.Json);
        JsonElement root = json.RootElement, frames = root.GetProperty("frames");
        long Frames(string key) => frames.GetProperty(key).GetInt64();
        Assert.Equal(2499, Frames("in"));
        Assert.Equal(Frames("in") + Frames("generated"), Frames("out") + Frames("dropped") + Frames("consumed"));
        Assert.Equal(Frames("dropped"), root.GetProperty("drops").EnumerateObject().Sum(drop => drop.Value.GetInt64()));
        Assert.Equal(Frames("in"), Sum(root.GetProperty("ports"), "in"));
        Assert.Equal(Frames("out"), Sum(root.GetProperty("ports"), "out"));
        Assert.Equal(Frames("in"), root.GetProperty("vcpus").EnumerateArray().Sum(vcpu => vcpu.GetProperty("frames").GetInt64()));
        Assert.Equal(Sum(root.GetProperty("ports"), "bytesIn"),
            root.GetProperty("vcpus").EnumerateArray().Sum(vcpu => vcpu.GetProperty("bytes").GetInt64()));
        Assert.Equal(Mixed.FramesOf("wan").Length, root.GetProperty("ports").GetProperty("wan").GetProperty("out").GetInt64());
        Assert.Equal(Mixed.FramesOf("wan").Sum(frame => (long)frame.Length),
            root.GetProperty("ports").GetProperty("wan").GetProperty("bytesOut").GetInt64());
        Assert.Equal([2000L, 499], root.GetProperty("inputs").EnumerateArray().Select(input => input.GetProperty("frames").GetInt64()));
        Assert.Equal([JsonValueKind.Null, JsonValueKind.String],
            root.GetProperty("inputs").EnumerateArray().Select(input => input.GetProperty("error").ValueKind));
        Assert.True(Frames("generated") > 100 && Frames("consumed") > 100 && Frames("dropped") > 100, "The mix lacks something.");
    }

    [Fact]
    public void Drops_are_named_by_their_reasons_in_kebab_case_and_only_those_that_occurred()
    {
        using JsonDocument json = JsonDocument.Parse(Mixed.Json);
        Assert.Equal(["hop-limit", "martian", "mtu", "vlan"], Keys(json.RootElement.GetProperty("drops")));
    }

    [Fact]
    public void An_error_counts_one_dropped_and_one_generated_and_a_datagram_in_fragments_all_but_one_generated()
    {
        byte[] lost = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2), ip => ip with { TimeToLive = 1 });
        byte[] big = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2, 4000));
        byte[] echo = TestFrames.Ipv4(Boxes.LanHost, "192.168.1.1", TestTransport.EchoRequest(1));
        using JsonDocument json = JsonDocument.Parse(Run(Boxes.Edge, 2, ("lan", Capture((0, lost), (1, big), (2, echo)))).Json);
        Assert.Equal("""{"in":3,"out":5,"dropped":1,"consumed":1,"generated":4}""", Compact(json.RootElement.GetProperty("frames")));
        Assert.Equal("""{"hop-limit":1}""", Compact(json.RootElement.GetProperty("drops")));
        Assert.Equal("""{"verified":1,"bad":0,"computed":2}""", Compact(json.RootElement.GetProperty("checksums")));
    }

    [Fact]
    public void Elapsed_seconds_are_what_the_caller_measured()
    {
        using JsonDocument json = JsonDocument.Parse(ReplayJson.Render(Mixed.Report, 1.25));
        Assert.Equal(1.25, json.RootElement.GetProperty("elapsedSeconds").GetDouble());
    }

    private static string[] Keys(JsonElement element) => [.. element.EnumerateObject().Select(property => property.Name)];

    private static long Sum(JsonElement ports, string key) => ports.EnumerateObject().Sum(port => port.Value.GetProperty(key).GetInt64());

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
}
