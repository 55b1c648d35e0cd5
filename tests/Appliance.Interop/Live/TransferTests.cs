using System.Security.Cryptography;
using System.Text.Json;
using Appliance.Tests;
using Appliance.Testing;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>What people bring across a gateway all day: files by curl, streams by iperf3.</summary>
public sealed class TransferTests
{
    private const string Translating = "nat on wan from (lan:network) to any -> (wan)\npass all\n";

    private static readonly int s_fileBytes = TestSize.Of(person: 20_000_000, server: 100_000_000, soak: 1_000_000_000);
    private static readonly int s_seconds = TestSize.Of(person: 1, server: 3, soak: 30);

    [Theory]
    [Variation("10.2.0.2", true, null)]
    [Variation("10.2.0.2", true, Translating)]
    [InlineData("10.2.0.2", false, Translating)]
    [Variation("fd02::2", true, null)]
    [InlineData("fd02::2", true, Translating)]
    [Variation("fd02::2", false, Translating)]
    public void A_file_comes_whole_by_curl(string server, bool offloads, string? ruleset)
    {
        using var network = new LiveNetwork(offloads);
        Background appliance = network.Run(LiveNetwork.Ports, ruleset);
        Fetch(network, network.Wan, server, appliance);
    }

    [Theory]
    [Variation("10.3.0.2")]
    [InlineData("fd03::2")]
    public void A_file_comes_whole_from_a_host_behind_a_tap(string server)
    {
        using var network = new LiveNetwork();
        Background appliance = network.Run(
            LiveNetwork.PortsAlone + "  host: {backend: tap, device: host0, addresses: [10.3.0.1/24, \"fd03::1/64\"]}\n", "pass all\n");
        network.Box.AddAddress("host0", "10.3.0.2/24");
        network.Box.AddAddress("host0", "fd03::2/64");
        network.Box.Ip("route", "add", "10.1.0.0/24", "via", "10.3.0.1");
        network.Box.Ip("-6", "route", "add", "fd01::/64", "via", "fd03::1");
        Fetch(network, network.Box, server, appliance);
    }

    [Theory]
    [Variation("10.2.0.2", 1, null)]
    [Variation("10.2.0.2", 8, Translating)]
    [InlineData("10.2.0.2", 64, Translating)]
    [InlineData("fd02::2", 8, null)]
    [Variation("fd02::2", 64, Translating)]
    [Variation("fd02::2", 8, Translating, true)]
    public void Every_stream_of_iperf3_moves(string server, int streams, string? ruleset, bool isSteered = false)
    {
        using var network = new LiveNetwork();
        Background appliance = network.Run(isSteered ? LiveNetwork.Steered(LiveNetwork.Ports) : LiveNetwork.Ports, ruleset);
        JsonElement end = Iperf(network, appliance, server, "-P", $"{streams}");
        double[] bytes = [.. end.GetProperty("streams").EnumerateArray()
            .Select(stream => stream.GetProperty("receiver").GetProperty("bytes").GetDouble())];
        Assert.Equal(streams, bytes.Length);
        Assert.All(bytes, received => Assert.True(received > 0));
    }

    [Theory]
    [Variation("10.2.0.2", null)]
    [Variation("10.2.0.2", Translating)]
    [InlineData("fd02::2", Translating)]
    [Variation("10.2.0.2", Translating, true)]
    public void Datagrams_of_iperf3_arrive_in_order(string server, string? ruleset, bool isSteered = false)
    {
        using var network = new LiveNetwork();
        Background appliance = network.Run(isSteered ? LiveNetwork.Steered(LiveNetwork.Ports) : LiveNetwork.Ports, ruleset);
        long overruns = network.CountOverruns();
        JsonElement end = Iperf(network, appliance, server, "-u", "-b", "20M", "-l", "1000");
        JsonElement udp = end.GetProperty("streams")[0].GetProperty("udp");
        overruns = network.CountOverruns() - overruns;
        double packets = udp.GetProperty("packets").GetDouble(), allowed = Math.Max(packets / 100, overruns);
        Assert.Equal(0, udp.GetProperty("out_of_order").GetDouble());
        Assert.True(packets > 1000 * s_seconds, end.ToString());
        Assert.True(udp.GetProperty("lost_packets").GetDouble() <= allowed, $"{overruns} overruns\n{end}");
    }

    private static void Fetch(LiveNetwork network, Host host, string server, Background appliance)
    {
        byte[] file = new byte[s_fileBytes];
        new Random(TestSize.Seed(100)).NextBytes(file);
        Directory.CreateDirectory(network.Folder["served"]);
        network.Folder.Write("served/file", file);
        using Background serving = host.Start(
            Peer.Python, "-u", "-m", "http.server", "8080", "--bind", server, "--directory", network.Folder["served"]);
        serving.AwaitLine("Serving HTTP");
        string name = server.Contains(':', StringComparison.Ordinal) ? $"[{server}]" : server;
        ProcessRun fetched = network.Lan.Run(
            "curl", "--silent", "--show-error", "--max-time", "100", "-o", network.Folder["fetched"], $"http://{name}:8080/file");
        Assert.True(fetched.ExitCode == 0, $"{fetched}\n{appliance}");
        using FileStream received = File.OpenRead(network.Folder["fetched"]);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(file)), Convert.ToHexString(SHA256.HashData(received)));
    }

    /// <summary>Answers what iperf3 says at the end.</summary>
    private static JsonElement Iperf(LiveNetwork network, Background appliance, string server, params string[] arguments)
    {
        using Background serving = network.Wan.Start("iperf3", "-s", "-B", server, "--forceflush");
        serving.AwaitLine("Server listening");
        ProcessRun run = network.Lan.Run("iperf3", ["-J", "-c", server, "-t", $"{s_seconds}", "--connect-timeout", "10000", .. arguments]);
        Assert.True(run.ExitCode == 0, $"{run}\n{appliance}");
        return JsonDocument.Parse(run.Output).RootElement.GetProperty("end");
    }
}
