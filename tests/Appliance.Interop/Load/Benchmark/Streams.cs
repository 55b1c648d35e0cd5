using System.Globalization;
using System.Text.Json;
using Appliance.Interop.Live;
using Appliance.Ports.Linux;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Load;

/// <summary>TCP by iperf3, clients and servers on the last processor.</summary>
internal sealed class Streams : IDisposable
{
    private const int MostOfOneClient = 128;            // of iperf3
    private const int FirstPort = 5201;

    private static readonly string s_processor = ProcessorAffinity.Allowed()[^1].ToString(CultureInfo.InvariantCulture);

    private readonly Host _client;
    private readonly List<Background> _servers = [];

    public Streams(LiveNetwork network)
    {
        _client = network.Lan;
        for (int port = FirstPort; port < FirstPort + 4; port++)
        {
            _servers.Add(network.Wan.Start("taskset", "-c", s_processor, Peer.Require("iperf3"), "-s", "--forceflush", "-p", $"{port}"));
            _servers[^1].AwaitLine("Server listening");
        }
    }

    /// <summary>Gbit/s that arrive at an address over so many connections.</summary>
    public double Measure(string target, int connections, int seconds)
    {
        int clients = (connections + MostOfOneClient - 1) / MostOfOneClient;
        Background[] running = [.. Enumerable.Range(0, clients).Select(client => _client.Start(
            "taskset", "-c", s_processor, Peer.Require("iperf3"), "-J", "-c", target, "-p", $"{FirstPort + client}",
            "-P", $"{connections / clients}", "-t", $"{seconds}", "-O", "1", "--connect-timeout", "20000"))];
        double bits = 0;
        foreach (Background client in running)
        {
            ProcessRun run = client.AwaitEnd();
            Assert.True(run.ExitCode == 0, run.ToString());
            using JsonDocument said = JsonDocument.Parse(run.Output);
            bits += said.RootElement.GetProperty("end").GetProperty("sum_received").GetProperty("bits_per_second").GetDouble();
            client.Dispose();
        }

        return bits / 1e9;
    }

    public void Dispose()
    {
        foreach (Background server in _servers) server.Dispose();
    }
}
