using System.Collections.Immutable;
using System.Text.Json;
using Appliance.Engine;
using Appliance.Node;
using Xunit;

namespace Appliance.Management.Tests.Showing;

/// <summary>Every document of <c>show</c>: its keys are a contract.</summary>
public sealed class ShowTests
{
    private const int BurstFrames = 60;

    [Theory]
    [InlineData("ports",
        "name,backend,device,parent,vlan,link,mac,mtu,addresses,host,groups,in,bytesIn,out,bytesOut,dropped,missed,refused")]
    [InlineData("vcpus", "id,frames,bytes,batches,share,handedOff,express,framesHeld,busy")]
    [InlineData("vrss", "key,hash,indirection,rebalance,settled,vcpus")]
    [InlineData("offloads", "ports,lro,tso,checksums")]
    [InlineData("rules", "id,rule,depth,opensBody,evaluations,packets,bytes,statesCreated,states")]
    [InlineData("tables", "name,entries,maximumEntries,const,persist,counters")]
    [InlineData("nat", "id,kind,rule,states")]
    [InlineData("routes", "to,kind,origin,via")]
    [InlineData("neighbors", "port,address,mac,state")]
    [InlineData("states", "protocol,direction,port,source,destination,gateway,state,packets,bytes,ageSeconds,expiresSeconds,vcpu,rule,id")]
    public async Task It_has_its_keys(string what, string keys)
    {
        await using LiveBox box = await LiveBox.StartAsync();
        await box.Send("lan", BoxFrames.Syn(40_000));
        JsonElement document = await ReadAsync(box, what);
        JsonElement first = document.ValueKind == JsonValueKind.Array ? document[0] : document;
        Assert.Equal(keys.Split(','), first.EnumerateObject().Select(property => property.Name));
    }

    [Theory]
    [InlineData("carp")]
    [InlineData("sync")]
    public async Task What_there_is_none_of_is_an_empty_list(string what)
    {
        await using LiveBox box = await LiveBox.StartAsync();
        Assert.Equal(0, (await ReadAsync(box, what)).GetArrayLength());
    }

    [Fact]
    public async Task Ports_count_what_went_through_and_sub_ports_have_parents()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        await box.Send("lan", [.. Enumerable.Range(0, BurstFrames).Select(i => BoxFrames.Syn(40_000 + i))]);
        PortDocument[] ports = await box.Client.GetAsync(
            "show/ports", ManagementJson.Indented.PortDocumentArray, TestContext.Current.CancellationToken);
        Assert.Equal(["lan", "wan", "lan.20"], ports.Select(port => port.Name));
        Assert.Equal((BurstFrames, 0, "pcap"), (ports[0].In, ports[0].Out, ports[0].Backend));
        Assert.Equal((0, BurstFrames), (ports[1].In, ports[1].Out));
        Assert.Equal(("lan", 20), (ports[2].Parent, ports[2].Vlan));
    }

    [Fact]
    public async Task Ports_have_the_mtu_in_force_whatever_is_asked_of_a_device()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        var link = new PortLink(box.Node.Models.Ports[0].Mac, PortCapabilities.None, MtuBytes: 1400);
        await box.OnControl(() =>
        {
            box.Node.Apply(box.Node.Configuration, ImmutableDictionary.CreateRange([KeyValuePair.Create(0, link)]));
            return 0;
        });
        PortDocument[] ports = await box.Client.GetAsync(
            "show/ports", ManagementJson.Indented.PortDocumentArray, TestContext.Current.CancellationToken);
        Assert.Equal([("lan", 1400), ("wan", 1500), ("lan.20", 1400)], ports.Select(port => (port.Name, port.Mtu)));
    }

    [Fact]
    public async Task A_state_is_shown_as_pf_names_it_with_its_translation()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        await box.Send("lan", BoxFrames.Syn(40_000));
        JsonElement states = await ReadAsync(box, "states");
        JsonElement inward = states.EnumerateArray().Single(state => state.GetProperty("direction").GetString() == "in");
        JsonElement outward = states.EnumerateArray().Single(state => state.GetProperty("direction").GetString() == "out");
        Assert.Equal("tcp lan 192.168.1.10:40000 198.51.100.7:443 SYN_SENT:CLOSED inside", string.Join(' ',
            new[] { "protocol", "port", "source", "destination", "state", "rule" }.Select(key => inward.GetProperty(key).GetString())));
        Assert.Equal(JsonValueKind.Null, inward.GetProperty("gateway").ValueKind);
        Assert.StartsWith("203.0.113.2:", outward.GetProperty("gateway").GetString(), StringComparison.Ordinal);
        Assert.Equal([1, 0], inward.GetProperty("packets").EnumerateArray().Select(count => count.GetInt32()));
    }

    [Fact]
    public async Task Counters_balance_and_have_every_reason()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        await box.Send("lan", BoxFrames.Syn(40_000), BoxFrames.Syn(40_001, destination: "198.18.0.1"));
        await box.Send("wan", BoxFrames.Syn(50_000, BoxFrames.Outside, "203.0.113.2"));
        Dictionary<string, long> counters = await box.Client.GetAsync(
            "show/counters", ManagementJson.Indented.DictionaryStringInt64, TestContext.Current.CancellationToken);
        Assert.Equal(
            counters["in"] + counters["generated"], counters["out"] + counters["dropped"] + counters["consumed"] + counters["inFlight"]);
        Assert.Equal((3, 1, 1, 1), (counters["in"], counters["out"], counters["block"], counters["blackhole"]));
        Assert.Equal(0, counters["no-route"]);
    }

    [Fact]
    public async Task The_log_has_what_was_blocked_with_the_time_of_day()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        await box.Send("wan", BoxFrames.Syn(50_000, BoxFrames.Outside, "203.0.113.2"));
        await box.Wait(1);
        JsonElement log = await ReadAsync(box, "log");
        JsonElement entry = Assert.Single(log.EnumerateArray());
        Assert.Equal(
            ("block", "edge.pf.conf:4", "2026-01-01T00:00:01.000000000Z"),
            (entry.GetProperty("action").GetString(), entry.GetProperty("rule").GetString(), entry.GetProperty("time").GetString()));
    }

    [Fact]
    public async Task Routes_tables_and_translations_are_those_of_the_configuration()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        JsonElement routes = await ReadAsync(box, "routes");
        Assert.Equal(
            [
                "0.0.0.0/0 static", "192.168.1.0/24 connected", "192.168.20.0/24 connected", "198.18.0.0/15 blackhole",
                "203.0.113.0/24 connected",
            ],
            routes.EnumerateArray().Select(route => $"{route.GetProperty("to")} {route.GetProperty("kind")}"));
        JsonElement tables = await ReadAsync(box, "tables");
        Assert.Equal(
            ["bad 1 False True", "fixed 1 True False"],
            tables.EnumerateArray().Select(table => string.Join(' ', table.GetProperty("name"), table.GetProperty("entries"),
                table.GetProperty("const"), table.GetProperty("persist"))));
        JsonElement nat = Assert.Single((await ReadAsync(box, "nat")).EnumerateArray());
        Assert.StartsWith("nat on wan inet from 192.168.1.0/24 to any", nat.GetProperty("rule").GetString(), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> ReadAsync(LiveBox box, string what)
    {
        byte[] bytes = await box.Client.GetAsync($"show/{what}", TestContext.Current.CancellationToken);
        return JsonDocument.Parse(bytes).RootElement;
    }
}
