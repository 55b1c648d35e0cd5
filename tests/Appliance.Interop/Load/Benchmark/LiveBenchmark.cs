using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Load;

/// <summary>
/// What forwarding costs on virtual cables: the kernel, the kernel with nftables and masquerade, and the appliance with NAT, in turns on
/// the same devices. Clients, servers and senders have the last processor with all that the kernel does for them, forwarding by the kernel
/// included; the appliance's worker has the first, and whoever is steered (RPS) receives there. How the rate of TCP depends on the number
/// of connections is the hosts' doing above all, so a cable between them has its turn, too. It judges nothing: it leaves a table of
/// figures beside the bars in <c>out/bench-live.txt</c>.
/// </summary>
[Collection(LoadCollection.Name)]
public sealed class LiveBenchmark : IDisposable
{
    private const string Nft = "kernel, nft masquerade", SteeredNft = "the same with RPS", NoGro = "nft without GRO";
    private const string Ours = "appliance, NAT", SteeredOurs = "appliance, rps: on";
    private const string Kernel = "kernel", Cable = "the cable alone";
    private static readonly (Contender Who, string Name)[] s_contenders =
    [
        (Contender.Kernel, Kernel), (Contender.KernelMasquerade, Nft), (Contender.KernelSteered, SteeredNft),
        (Contender.Appliance, Ours), (Contender.ApplianceSteered, SteeredOurs),
    ];

    private static readonly int[] s_connections = [1, 8, 64, 512];
    private static readonly int[] s_frames = [60, 1514];
    private static readonly int s_rounds = int.TryParse(Environment.GetEnvironmentVariable("ROUNDS"), out int rounds) ? rounds : 3;

    private static readonly string s_table = RepositoryFiles.PathTo("out", "bench-live.txt");

    private readonly BenchmarkBox _box = new();
    private readonly Figures _figures = new();
    private readonly List<string> _lines = [];

    public void Dispose() => _box.Dispose();

    [Fact(Explicit = true)]
    public void Kernel_and_appliance_in_turns()
    {
        var others = new ProcessorUse(_box.Appliance.Id);
        Thread.Sleep(2000);
        _lines.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{s_rounds} rounds, in turns on the same cables; {Environment.ProcessorCount} processors, of which others use "
            + $"{others.Sofar.Machine:0.00}: the less the better"));
        using (var streams = new Streams(_box.Network))
        {
            for (int round = 0; round < s_rounds; round++) MeasureStreams(streams);
        }

        SetSender(isCutting: false);
        for (int round = 0; round < s_rounds; round++) MeasureFrames();
        Print();
        Directory.CreateDirectory(Path.GetDirectoryName(s_table)!);
        File.WriteAllLines(s_table, _lines);
    }

    private static string Large(int connections) => $"TCP, offloads on, {connections} connections";

    private static string Small => "TCP, sender of 1500 bytes, 8 streams";

    private static string Frames(int bytes) => $"frames of {bytes + 4} bytes";

    private static string Latency => "ping at half of that, median";

    private static string LatencyTail => "ping at half of that, 99th";

    private void MeasureStreams(Streams streams)
    {
        foreach ((Contender who, string name) in s_contenders)
        {
            _box.Give(who);
            SetSender(isCutting: true);
            MeasureConnections(name, streams);
            SetSender(isCutting: false);
            if (who is not (Contender.Appliance or Contender.ApplianceSteered)) SetGro(isOn: true);
            MeasureSmall(name, streams);
            SetGro(isOn: false);
            if (who == Contender.KernelMasquerade) MeasureSmall(NoGro, streams);
        }

        _box.Give(Contender.Cable);
        MeasureConnections(Cable, streams);
    }

    private void MeasureConnections(string name, Streams streams)
    {
        foreach (int connections in s_connections)
            Measure(Large(connections), name, () => streams.Measure(_box.TargetNow, connections, seconds: 2));
    }

    private void MeasureSmall(string name, Streams streams) =>
        Measure(Small, name, () => streams.Measure(_box.TargetNow, 8, seconds: 2));

    private void MeasureFrames()
    {
        foreach ((Contender who, string name) in s_contenders)
        {
            _box.Give(who);
            double best = 0;
            foreach (int bytes in s_frames)
            {
                using var sender = new NumberedSender(_box.Network.Lan, "10.2.0.2", flows: 16, bytes);
                using var sink = new NumberedSink(_box.Network.Wan, "wan0");
                Measure(Frames(bytes), name, () => RateSearch.FindBest(sender, sink, seconds: 0.3) / 1e6);
                if (bytes == s_frames[0]) best = _figures.Of(Frames(bytes), name) * 1e6;
            }

            MeasureLatency(name, best / 2);
        }
    }

    /// <summary>The load ends at a socket that nobody reads.</summary>
    private void MeasureLatency(string name, double rate)
    {
        using Socket unread = HostThread.Make(_box.Network.Wan, () =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 2048 };
            socket.Bind(new IPEndPoint(IPAddress.Any, NumberedFrame.DestinationPort));
            return socket;
        });
        using var sender = new NumberedSender(_box.Network.Lan, "10.2.0.2", flows: 16, s_frames[0]);
        var use = new ProcessorUse(_box.Appliance.Id);
        var loading = new Thread(() => sender.Send((int)(rate * 2), rate, _ => { }));
        loading.Start();
        double[] microseconds = RoundTrips.Measure(_box.Network, 400);
        loading.Join();
        if (microseconds.Length == 0) return;
        _figures.Add(Latency, name, microseconds[microseconds.Length / 2], use);
        _figures.Add(LatencyTail, name, microseconds[microseconds.Length * 99 / 100], use);
    }

    private void Measure(string work, string name, Func<double> measure)
    {
        var use = new ProcessorUse(_box.Appliance.Id);
        _figures.Add(work, name, measure(), use);
    }

    private void SetSender(bool isCutting)
    {
        _box.Network.Lan.SetOffloads("lan0", isCutting);
        if (!isCutting) _box.Network.Lan.Run("ethtool", "-K", "lan0", "gro", "on");
    }

    private void SetGro(bool isOn) => _box.Network.Box.Run("ethtool", "-K", "eth0", "gro", isOn ? "on" : "off");

    private void Print()
    {
        foreach (int connections in s_connections)
        {
            string work = Large(connections);
            Print(work, "Gbit/s", [.. s_contenders.Select(contender => contender.Name), Cable]);
            foreach (string ours in (string[])[Ours, SteeredOurs]) PrintBar(_figures.Ratio(work, ours, Nft), 0.95, $"{ours}, of nft");
        }

        foreach (string ours in (string[])[Ours, SteeredOurs]) PrintBar(WorstOfPeak(ours), 0.9, $"{ours}, of its own peak at the worst");
        foreach (string peer in (string[])[Kernel, Nft, SteeredNft, Cable])
            _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{"",-36} {WorstOfPeak(peer):0.00}x: {peer}"));
        Print(Small, "Gbit/s", [.. s_contenders.Select(contender => contender.Name), NoGro]);
        foreach (string ours in (string[])[Ours, SteeredOurs])
        {
            PrintBar(_figures.Ratio(Small, ours, Nft), 0.9, $"{ours}, of nft with GRO");
            PrintBar(_figures.Ratio(Small, ours, NoGro), 2, $"{ours}, of nft without GRO");
        }

        foreach (int bytes in s_frames) Print(Frames(bytes), "M/s", [.. s_contenders.Select(contender => contender.Name)]);
        Print(Latency, "us", [.. s_contenders.Select(contender => contender.Name)]);
        Print(LatencyTail, "us", [.. s_contenders.Select(contender => contender.Name)]);
    }

    private double WorstOfPeak(string name)
    {
        double[] rates = [.. s_connections.Select(connections => _figures.Of(Large(connections), name))];
        return rates.Min() / rates.Max();
    }

    private void Print(string work, string unit, params IEnumerable<string> names) =>
        _lines.AddRange(names.Select(name => _figures.Line(work, name, unit)));

    private void PrintBar(double ratio, double bar, string of) => _lines.Add(string.Create(
        CultureInfo.InvariantCulture, $"{"",-36} {ratio:0.00}x {of}; must >= {bar:0.00}: {(ratio >= bar ? "holds" : "FALLS SHORT")}"));
}
