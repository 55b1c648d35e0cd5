using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Appliance.Engine;
using Appliance.Interop.Live;
using Appliance.Ports.Linux;
using Appliance.Tests;

namespace Appliance.Interop.Load;

/// <summary>
/// A sender of numbered frames, whoever forwards, and a sink. Sender and its device's work have the last processor, the first worker has
/// the first; who is forwarded to is known beforehand, for the sink answers nobody.
/// </summary>
internal sealed class LoadNetwork : IDisposable
{
    private const string Target = "10.2.0.2";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);   // to settle: a process may be stopped for a while

    private readonly LiveNetwork _network = new(offloads: false);
    private readonly int _vcpus;                        // of the appliance; 0: there is none
    private readonly bool _isSteered;                   // to the workers' processors, by the appliance

    private string _yaml = "";

    private LoadNetwork(int vcpus, bool isSteered = false) => (_vcpus, _isSteered) = (vcpus, isSteered);

    private bool HasAppliance => _vcpus > 0;

    /// <summary>As a mask of one.</summary>
    public static string LastProcessor { get; } = MaskOf(ProcessorAffinity.Allowed()[^1]);

    /// <inheritdoc cref="LastProcessor"/>
    public static string FirstProcessor { get; } = MaskOf(ProcessorAffinity.Allowed()[0]);

    public LiveNetwork Network => _network;

    public NumberedSender Sender { get; private set; } = null!;

    public NumberedSink Sink { get; private set; } = null!;

    public Background? Appliance { get; private set; }

    /// <summary>By the appliance.</summary>
    public static LoadNetwork ThroughAppliance(
        string? ruleset = null, int vcpus = 1, int flows = 4, int frameBytes = 60, bool isSteered = false)
    {
        var load = new LoadNetwork(vcpus, isSteered);
        string mac = load._network.Wan.Succeed("cat", "/sys/class/net/wan0/address").Trim();
        string neighbour = $$"""neighbors: [{port: wan, address: {{Target}}, mac: "{{mac}}"}]""";
        load._yaml = $"{(isSteered ? LiveNetwork.Steered(LiveNetwork.PortsAlone) : LiveNetwork.PortsAlone)}{neighbour}\n";
        load.Appliance = load._network.Run(load._yaml, ruleset, $"vcpus: {vcpus}\n");
        load.Open(flows, frameBytes);
        return load;
    }

    /// <summary>By the kernel: what it loses is the machine's doing.</summary>
    public static LoadNetwork ThroughKernel(int flows = 4, int frameBytes = 60)
    {
        var load = new LoadNetwork(0);
        Host box = load._network.Box;
        string mac = load._network.Wan.Succeed("cat", "/sys/class/net/wan0/address").Trim();
        box.AddAddress("eth0", "10.1.0.1/24");
        box.AddAddress("eth1", "10.2.0.1/24");
        box.Succeed("sysctl", "-qw", "net.ipv4.ip_forward=1");
        box.Ip("neigh", "replace", Target, "lladdr", mac, "dev", "eth1", "nud", "permanent");
        load.Open(flows, frameBytes);
        return load;
    }

    /// <summary>Seconds that the appliance's workers, ready to run, have had to wait for a processor because others had it.</summary>
    public double WorkersWaited => WorkerSchedule.Waited(Appliance!);

    /// <summary>Seconds of a processor that they have had.</summary>
    public double WorkersRan => WorkerSchedule.Ran(Appliance!);

    /// <summary>Sends, and waits until every frame has arrived or is found in a counter.</summary>
    /// <param name="frames">How many.</param>
    /// <param name="perSecond">At which rate.</param>
    public Passing Pass(int frames, double perSecond)
    {
        Losses before = ReadLosses();
        long refused = Dropped(_network.Box, "eth1");
        double waitedBefore = HasAppliance ? WorkersWaited : 0;
        double seconds = Sender.Send(frames, perSecond, Sink.Expect);
        for (var waited = Stopwatch.StartNew(); ; )
        {
            Sink.AwaitQuiet(frames);
            SinkTally arrived = Sink.Tally;
            var passing = new Passing(frames, seconds, arrived, ReadLosses().Since(before), Dropped(_network.Box, "eth1") - refused)
            {
                WorkersWaited = HasAppliance ? WorkersWaited - waitedBefore : 0,
            };
            if (passing.IsAccountedFor || !HasAppliance || waited.Elapsed > Limit) return passing;
        }
    }

    /// <summary>Has the appliance read another ruleset, for the n-th time, and waits until it is in force.</summary>
    public void Reload(string ruleset, int count)
    {
        _network.Write(_yaml, ruleset, $"vcpus: {_vcpus}\n");
        Appliance!.Signal("HUP");
        Appliance.AwaitLines(count, "reloaded");
    }

    /// <inheritdoc cref="RateSearch.FindBest"/>
    public double FindBestRate(double seconds) => RateSearch.FindBest(Sender, Sink, seconds);

    public Losses ReadLosses()
    {
        var counters = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        if (!_isSteered) counters["cable to the box"] = Dropped(_network.Lan, "lan0");     // what the port misses, else
        counters["ring of the sink"] = Sink.Lost;
        if (HasAppliance) AddOwn(counters);
        return new Losses(counters.ToImmutable());
    }

    /// <summary>Frames that the cable from the box to the sender has lost.</summary>
    public long LostOnTheWayBack => Dropped(_network.Box, "eth0");

    /// <summary>A document of the running appliance.</summary>
    public JsonElement Show(string what) => JsonDocument.Parse(
        ApplianceProgram.Succeed("show", what, "--json", "--socket", _network.Folder["live.sock"]).Output).RootElement;

    public void Dispose()
    {
        Sender?.Dispose();
        Sink?.Dispose();
        _network.Dispose();
    }

    private void Open(int flows, int frameBytes)
    {
        PlaceWork();
        Sink = new NumberedSink(_network.Wan, "wan0");
        Sender = new NumberedSender(_network.Lan, Target, flows, frameBytes);
        Sender.Send(64, 1000, Sink.Expect);             // who asks whom for a MAC address has done so
        Sink.AwaitQuiet(64);
    }

    /// <summary>
    /// What a device receives is handled where it was sent, which the sender, who waits for it, cannot outrun. Frames of several workers
    /// meet at one processor, else a flow that changes its worker would overtake itself on the cable.
    /// </summary>
    private void PlaceWork()
    {
        Spread(_network.Lan, "lan0", "0");
        if (!_isSteered) Spread(_network.Box, "eth0", "0");
        Spread(_network.Box, "eth1", "0");
        Spread(_network.Wan, "wan0", _vcpus > 1 ? LastProcessor : "0");
    }

    /// <param name="processors">That handle what the device receives, as a mask; 0: each what it was given.</param>
    public static void Spread(Host host, string device, string processors) =>
        host.Succeed("/bin/sh", "-c", $"echo {processors} > /sys/class/net/{device}/queues/rx-0/rps_cpus");

    private static string MaskOf(int processor) => string.Create(CultureInfo.InvariantCulture, $"{1UL << (processor & 31):x}");

    private void AddOwn(ImmutableSortedDictionary<string, long>.Builder counters)
    {
        foreach (JsonElement port in Show("ports").EnumerateArray())
        {
            counters[$"missed at {port.GetProperty("name")}"] = port.GetProperty("missed").GetInt64();
            counters[$"refused at {port.GetProperty("name")}"] = port.GetProperty("refused").GetInt64();
        }

        JsonElement shown = Show("counters");
        for (var reason = (DropReason)1; (int)reason < DropReasonNames.Count; reason++)
        {
            if (reason == DropReason.Multicast) continue;               // of the hosts' kernels, and of no numbered frame
            counters[$"drop {DropReasonNames.Of(reason)}"] = shown.GetProperty(DropReasonNames.Of(reason)).GetInt64();
        }
    }

    private static long Dropped(Host host, string device)
    {
        using JsonDocument link = JsonDocument.Parse(host.Ip("-s", "-j", "link", "show", device));
        return link.RootElement[0].GetProperty("stats64").GetProperty("tx").GetProperty("dropped").GetInt64();
    }
}
