using System.Text.Json;
using Xunit;

namespace Appliance.Tests;

/// <summary>The document of <c>replay --json</c>, which other programs read.</summary>
public class ReplayJsonTests
{
    private static readonly JsonElement Document = ApplianceProgram.Json(ApplianceProgram.Succeed(Demo.Replay("--json")));

    [Theory]
    [InlineData("frames", "in", "out", "dropped", "consumed", "generated")]
    [InlineData("lro", "segments", "superframes")]
    [InlineData("tso", "superframes", "segments")]
    [InlineData("checksums", "verified", "bad", "computed")]
    [InlineData("states", "created", "expired", "current")]
    public void It_has_the_keys_that_were_promised(string name, params string[] keys)
    {
        foreach (string key in keys)
            Assert.True(Document.GetProperty(name).GetProperty(key).GetInt64() >= 0);
    }

    [Fact]
    public void Every_port_and_vcpu_and_input_is_in_it()
    {
        JsonProperty[] ports = [.. Document.GetProperty("ports").EnumerateObject()];
        Assert.Equal(["lan", "lan.20", "wan"], ports.Select(port => port.Name).Order(StringComparer.Ordinal));
        Assert.All(ports, port => AssertPositive(port.Value, "in", "out", "bytesIn", "bytesOut"));

        JsonElement[] vcpus = [.. Document.GetProperty("vcpus").EnumerateArray()];
        Assert.Equal([0, 1], vcpus.Select(vcpu => vcpu.GetProperty("id").GetInt32()));
        Assert.All(vcpus, vcpu => AssertPositive(vcpu, "frames", "bytes", "batches"));

        JsonElement[] inputs = [.. Document.GetProperty("inputs").EnumerateArray()];
        Assert.Equal(["lan", "wan"], inputs.Select(input => input.GetProperty("port").GetString()));
        Assert.All(inputs, input => Assert.Equal(JsonValueKind.Null, input.GetProperty("error").ValueKind));
    }

    [Fact]
    public void The_sums_agree()
    {
        JsonElement frames = Document.GetProperty("frames");
        long Of(string key) => frames.GetProperty(key).GetInt64();
        Assert.Equal(Of("in") + Of("generated"), Of("out") + Of("dropped") + Of("consumed"));
        Assert.Equal(Of("dropped"), Document.GetProperty("drops").EnumerateObject().Sum(drop => drop.Value.GetInt64()));
        Assert.Equal(Of("in"), Document.GetProperty("vcpus").EnumerateArray().Sum(vcpu => vcpu.GetProperty("frames").GetInt64()));
        Assert.Equal(Of("in"), Document.GetProperty("inputs").EnumerateArray().Sum(input => input.GetProperty("frames").GetInt64()));
        Assert.Equal(Of("in"), Captures.Frames(RepositoryFiles.DemoLan).Length + Captures.Frames(RepositoryFiles.DemoWan).Length);
    }

    [Fact]
    public void Times_are_seconds()
    {
        Assert.InRange(Document.GetProperty("captureSeconds").GetDouble(), 1, 600);
        Assert.True(Document.GetProperty("elapsedSeconds").GetDouble() > 0);
    }

    private static void AssertPositive(JsonElement element, params string[] keys)
    {
        foreach (string key in keys)
            Assert.True(element.GetProperty(key).GetInt64() > 0, key);
    }
}
