using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Node;
using Appliance.Reports.Page;

namespace Appliance.Tests;

/// <summary>Facts for a page, made up and easy to find in it.</summary>
internal static class MadeFacts
{
    /// <summary>Two ports, three workers, four intervals of 1.024 ms; the accounts balance and agree with the timeline.</summary>
    public static PageFacts Of(
        Func<NodeAccounts, NodeAccounts>? edit = null, string port = "lan", params ImmutableArray<ReplayInputAccounts> inputs)
    {
        NodeAccounts accounts = Accounts();
        return new PageFacts
        {
            Report = new ReplayReport
            {
                Accounts = edit is null ? accounts : edit(accounts),
                PortNames = [port, "wan"],
                Inputs = inputs.IsEmpty ? [new ReplayInputAccounts(port, "lan.pcap", 1000, null)] : inputs,
                CaptureSeconds = 0.004,
                Timeline = Timeline(),
            },
            Offloads = new OffloadAccounts(0, 0, 0, 0),
            Name = "made-up",
            ConfigurationFile = "made/up.yaml",
            Ports = [Port(0, port), Port(1, "wan")],
            Node = new NodeOptions { Seed = 7 },
            Replay = new ReplayOptions(32, 40),
        };
    }

    private static NodeAccounts Accounts() => new()
    {
        Received = 1000,
        Transmitted = 1011,
        Dropped = 30,
        Consumed = 9,
        Generated = 50,
        Drops = ImmutableSortedDictionary<string, long>.Empty.Add("hop-limit", 10).Add("mtu", 20),
        Ports =
        [
            new PortCounters { FramesIn = 1000, BytesIn = 512_000, FramesOut = 50, BytesOut = 5000, FramesDropped = 30 },
            new PortCounters { FramesOut = 961, BytesOut = 500_123 },
        ],
        Vcpus = [new VcpuAccounts(0, 200, 100_000, 10), new VcpuAccounts(1, 500, 300_000, 20), new VcpuAccounts(2, 300, 112_000, 30)],
        StatesCreated = 0,
        StatesEnded = 0,
        ChecksumsVerified = 77,
        ChecksumsBad = 3,
        ChecksumsComputed = 44,
        LroSegments = 0,
        LroSuperframes = 0,
        TsoSuperframes = 0,
        TsoSegments = 0,
    };

    private static ReplayTimeline Timeline() => new()
    {
        StartNanoseconds = 1_700_000_000_123_456_789,
        IntervalNanoseconds = 1_024_000,
        Intervals = 4,
        Ports =
        [
            new PortTimeline([700, 200, 0, 100], [358_400, 102_400, 0, 51_200], [0, 50, 0, 0], [0, 5000, 0, 0]),
            new PortTimeline([0, 0, 0, 0], [0, 0, 0, 0], [661, 200, 0, 100], [344_000, 104_085, 0, 52_038]),
        ],
        Drops = ImmutableSortedDictionary<string, ImmutableArray<long>>.Empty.Add("hop-limit", [0, 10, 0, 0]).Add("mtu", [20, 0, 0, 0]),
        Vcpus = [[200, 0, 0, 0], [300, 100, 0, 100], [200, 100, 0, 0]],
    };

    private static PortModel Port(int index, string name) =>
        new() { Index = index, Ordinal = index + 1, Name = name, Backend = PortBackend.Pcap };
}
