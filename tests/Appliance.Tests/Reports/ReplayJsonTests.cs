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
        Assert.Equal(["lan", "lan.20", "wan"],
            Document.GetProperty("ports").EnumerateObject().Select(port => port.Name).Order(StringComparer.Ordinal));
        foreach (JsonProperty port in Document.GetProperty("ports").EnumerateObject())
            Assert.True(port.Value.GetProperty("in").GetInt64() > 0 && port.Value.GetProperty("out").GetInt64() > 0);
        Assert.Equal([0, 1], Document.GetProperty("vcpus").EnumerateArray().Select(vcpu => vcpu.GetProperty("id").GetInt32()));
        foreach (JsonElement vcpu in Document.GetProperty("vcpus").EnumerateArray())
            Assert.True(vcpu.GetProperty("frames").GetInt64() > 0 && vcpu.GetProperty("bytes").GetInt64() > 0
                && vcpu.GetProperty("batches").GetInt64() > 0);
        Assert.Equal(
            ["lan", "wan"], Document.GetProperty("inputs").EnumerateArray().Select(input => input.GetProperty("port").GetString()));
        Assert.All(Document.GetProperty("inputs").EnumerateArray(), input => Assert.Equal(JsonValueKind.Null,
            input.GetProperty("error").ValueKind));
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
}
