using Appliance.Tests;
using Appliance.Testing;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>Real hosts across the program, on cables of the kernel's.</summary>
public sealed class ForwardingTests
{
    /// <summary>What a ping carries that is the last frame of a capture: hexadecimal digits.</summary>
    private const string LastOfAll = "6c6173742d6f662d616c6c2d666c6f77";

    [Theory]
    [InlineData("10.2.0.2", 65_000)]
    [InlineData("fd02::2", 65_000)]
    [Variation("10.1.0.1", 1472)]
    [Variation("10.2.0.1", 1472)]
    [InlineData("fd01::1", 1452)]
    public void Hosts_ping_each_other_and_the_appliance(string target, int largest)
    {
        using var network = new LiveNetwork();
        Background appliance = network.Run(LiveNetwork.Ports);
        foreach (int size in new[] { 56, 1452, 1472, 8000, 65_000 }.Where(size => size <= largest))
        {
            // It waits for the last answer no longer than the interval once it has had others; with -w it asks on until it has had three.
            ProcessRun ping = network.Lan.Run("ping", "-n", "-c", "3", "-i", "0.05", "-w", "5", "-s", $"{size}", target);
            bool areFirst = Enumerable.Range(1, 3).All(number => ping.Output.Contains($"icmp_seq={number} ttl=", StringComparison.Ordinal));
            Assert.True(ping.ExitCode == 0 && areFirst, $"{ping}\n{appliance}");
        }
    }

    [Theory]
    [InlineData("10.2.0.2", "10.1.0.1")]
    [InlineData("fd02::2", "fd01::1")]
    public void Traceroute_sees_the_appliance(string target, string appliance)
    {
        using var network = new LiveNetwork();
        network.Run(LiveNetwork.Ports);
        string[] lines = network.Lan.Succeed("traceroute", "-n", "-q", "1", "-w", "5", "-m", "4", target).TrimEnd('\n').Split('\n');
        Assert.Contains($" {appliance} ", lines[1], StringComparison.Ordinal);
        Assert.Contains($" {target} ", lines[2], StringComparison.Ordinal);
    }

    /// <summary>Order is judged at the appliance's own two devices: what happens to frames on cables is not its doing.</summary>
    [Theory]
    [Variation(true, "10.1.0.2", "10.2.0.2")]
    [InlineData(false, "10.1.0.2", "10.2.0.2")]
    [InlineData(true, "fd01::2", "fd02::2")]
    [Variation(false, "fd01::2", "fd02::2")]
    public void Streams_come_back_whole_and_nobody_sees_a_bad_checksum_or_an_overtaking(bool offloads, string client, string server)
    {
        using var network = new LiveNetwork(offloads);
        Background appliance = network.Run(LiveNetwork.Ports);
        using Background serving = Serve(network, server);
        using Background coming = Watch(network.Box, "eth0", network.Folder["eth0.pcapng"]);
        using Background leaving = Watch(network.Box, "eth1", network.Folder["eth1.pcapng"]);
        using Background watching = Watch(network.Wan, "wan0", network.Folder["wan.pcapng"]);
        const int Streams = 8;
        int bytes = TestSize.Of(person: 4 << 20, server: 24 << 20, soak: 1 << 30);
        ProcessRun sent = network.Lan.Run(Peer.Python, LiveNetwork.Script("stream.py", "send", server, "5001", $"{bytes}", $"{Streams}"));
        network.Lan.Succeed("ping", "-n", "-c", "1", "-W", "5", "-p", LastOfAll, server);
        foreach ((Background capture, string file) in ((Background, string)[])
            [(coming, "eth0.pcapng"), (leaving, "eth1.pcapng"), (watching, "wan.pcapng")])
        {
            Eventually.Is(() => IsWhole(network.Folder[file]));
            capture.Signal("INT");
            string said = capture.AwaitEnd().Errors;
            Assert.True(said.Contains("/0 (pcap:", StringComparison.Ordinal), $"a capture is not whole, so it proves nothing: {said}");
        }

        Assert.True(sent.ExitCode == 0, $"{sent}\n{appliance}");
        WireFindings.MustBeClean(network.Folder["wan.pcapng"], mayLackChecksums: offloads);
        WireOrder.MustBeKept(client, network.Folder["eth0.pcapng"], network.Folder["eth1.pcapng"]);
        WireOrder.MustBeKept(server, network.Folder["eth1.pcapng"], network.Folder["eth0.pcapng"]);
    }

    [Fact]
    public void One_worker_forwards_as_well()
    {
        using var network = new LiveNetwork();
        network.Run(LiveNetwork.Ports, vcpus: "vcpus: 1\n");
        using Background serving = Serve(network, "10.2.0.2");
        network.Lan.Succeed(Peer.Python, LiveNetwork.Script("stream.py", "send", "10.2.0.2", "5001", "1000000", "4"));
    }

    private static Background Serve(LiveNetwork network, string address)
    {
        Background serving = network.Wan.Start(Peer.Python, LiveNetwork.Script("stream.py", "serve", address, "5001"));
        serving.AwaitLine("serving");
        return serving;
    }

    /// <summary>
    /// Whether a capture has come to the ping behind all streams: what waits for a program that captures when it is told to end it neither
    /// writes nor counts as lost.
    /// </summary>
    private static bool IsWhole(string file)
    {
        using FileStream capture = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        capture.Seek(-Math.Min(capture.Length, 64 << 10), SeekOrigin.End);
        byte[] tail = new byte[64 << 10];
        int length = capture.ReadAtLeast(tail, tail.Length, throwOnEndOfStream: false);
        return tail.AsSpan(0, length).IndexOf(Convert.FromHexString(LastOfAll)) >= 0;
    }

    private static Background Watch(Host host, string device, string file)
    {
        Background watching = host.Start("dumpcap", "-q", "-i", device, "-s", "200", "-B", "64", "-w", file);
        watching.AwaitLine("File: ");                                   // "Capturing on" it says before it does
        return watching;
    }
}
