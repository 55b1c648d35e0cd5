using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests.Coalescing;

/// <summary>
/// The law of offloads for LRO, through the whole appliance: with it on, the same frames leave by the same ports, each flow's in the same
/// order and in the same order to fragments of it, and everything but the offloads' own counters is the same.
/// </summary>
public sealed class SameWithAndWithoutLroTests(ITestOutputHelper output) : IDisposable
{
    private const long Second = 1_000_000_000;

    private readonly Pair[] _pairs =
    [
        new(Router(mtu: 1500, isRouted: true)),
        new(Router(mtu: 1280, isRouted: true), wereCutHere: true),
        new(Router(mtu: 1500, isRouted: false)),
        new(Router(mtu: 1500, isRouted: true, reversePath: "strict"), vcpus: 2),
    ];

    public void Dispose()
    {
        foreach (Pair pair in _pairs)
            pair.Dispose();
    }

    [Fact]
    public void Random_streams_leave_the_same_with_lro_on_and_off()
    {
        int streams = (int)TestSize.Of(6_000, 100_000, 1_000_000);
        for (int seed = 0; seed < streams; seed++)
        {
            string difference = _pairs[seed % _pairs.Length].Send(SegmentStream.Make(seed));
            Assert.True(difference.Length == 0, $"seed {seed}: {difference}");
        }

        long trains = _pairs.Sum(pair => pair.Trains);
        output.WriteLine($"{streams} streams, seeds 0 to {streams - 1}; {trains} trains; drops: {string.Join(", ", Drops())}");
        Assert.True(trains > streams, $"only {trains} trains in {streams} streams");
        Assert.All(["no-route", "hop-limit", "mtu", "spoof"], reason => Assert.True(Drops().GetValueOrDefault(reason) > 0, reason));
    }

    /// <summary>Errors have a budget for each bucket, and it is spent in the order in which the frames came.</summary>
    [Theory]
    [InlineData(2, 64, 1300)]
    [InlineData(0, 1, 1300)]
    [InlineData(1, 64, 1400)]
    public void Interleaved_trains_that_are_refused_are_answered_as_their_frames_would_be(int pair, byte hopLimit, int payload)
    {
        (int, byte[])[] frames = [.. Interleaved(hopLimit, payload, dontFragment: true).Select(frame => (SegmentStream.Lan, frame))];
        Assert.Equal("", _pairs[pair].Send(frames));
        Assert.True(_pairs[pair].Trains >= 4, "nothing was coupled");
        Assert.True(_pairs[pair].Generated > 8, "nothing was answered");
    }

    [Fact]
    public void Interleaved_trains_that_are_cut_to_a_small_mtu_leave_as_their_frames_would()
    {
        (int, byte[])[] frames = [.. Interleaved(64, 1400, dontFragment: false).Select(frame => (SegmentStream.Lan, frame))];
        Assert.Equal("", _pairs[1].Send(frames));
        Assert.True(_pairs[1].Trains >= 4 && _pairs[1].Generated > 8, "nothing was coupled, or cut");
    }

    /// <summary>Runs of several flows, each run in another order, some frames of which are shorter than the limit.</summary>
    private static IEnumerable<byte[]> Interleaved(byte hopLimit, int payload, bool dontFragment)
    {
        TestSegment[] flows = [.. Enumerable.Range(0, 6).Select(i => new TestSegment
        {
            Source = i < 4 ? $"192.168.1.{10 + i}" : $"2001:db8:1::{10 + i}",
            Destination = i < 4 ? Boxes.Outside : Boxes.OutsideV6,
            HopLimit = hopLimit,
            PayloadLength = i == 1 ? 200 : payload,
            DontFragment = dontFragment,
        })];
        for (int i = 0; i < 10 * flows.Length; i++)
        {
            int flow = i * 5 % 7 % flows.Length;
            yield return flows[flow].ToFrame();
            flows[flow] = flows[flow].Next();
        }
    }

    private static string Router(int mtu, bool isRouted, string reversePath = "off") => $$"""
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24, "2001:db8:1::1/64"], offloads: {lro: LRO, rx-checksum: off} }
          lan.5: {parent: lan, vlan: 5, addresses: [192.168.5.1/24], rpf: {{reversePath}} }
          wan: {backend: pcap, addresses: [203.0.113.2/24, "2001:db8:2::2/64"], mtu: {{mtu}}, offloads: {lro: LRO} }
        routes:
          - {to: 192.0.2.0/24, via: 203.0.113.1}

        """ + (isRouted
            ? """
              - {to: 0.0.0.0/0, via: [203.0.113.1, 203.0.113.3]}
              - {to: "::/0", via: "2001:db8:2::1"}

            """
            : "");

    private Dictionary<string, long> Drops() => _pairs.SelectMany(pair => pair.Drops)
        .GroupBy(drop => drop.Key, drop => drop.Value).ToDictionary(drop => drop.Key, drop => drop.Sum());

    /// <summary>Two appliances that differ in lro alone and get the same frames at the same times.</summary>
    private sealed class Pair(string yaml, int vcpus = 1, bool wereCutHere = false) : IDisposable
    {
        private readonly Box _on = new(yaml.Replace("LRO", "on", StringComparison.Ordinal), vcpus);
        private readonly Box _off = new(yaml.Replace("LRO", "off", StringComparison.Ordinal), vcpus);

        public long Trains => _on.Node.ReadAccounts().LroSuperframes;

        public long Generated => _on.Node.ReadAccounts().Generated;

        public IReadOnlyDictionary<string, long> Drops => _on.Node.ReadAccounts().Drops;

        /// <summary>Says what was different, or nothing. The budgets of errors are full again at each call.</summary>
        public string Send(IReadOnlyList<(int Port, byte[] Frame)> stream)
        {
            (string, byte[])[] frames = [.. stream.Select(sent => (sent.Port == SegmentStream.Lan ? "lan" : "wan", sent.Frame))];
            Seen on = _on.Wait(Second).Send(frames), off = _off.Wait(Second).Send(frames);
            string difference = Compare(_on.Node.ReadAccounts(), _off.Node.ReadAccounts());
            return difference.Length > 0 ? difference : FlowOrder.Compare(on.Left, off.Left, wereCutHere);
        }

        public void Dispose()
        {
            _on.Dispose();
            _off.Dispose();
        }

        private static string Compare(NodeAccounts on, NodeAccounts off)
        {
            string first = Text(on), second = Text(off);
            return first == second ? "" : $"accounts with lro {first}, without {second}";
        }

        private static string Text(NodeAccounts accounts) =>
            $"{accounts.Received} {accounts.Transmitted} {accounts.Dropped} {accounts.Consumed} {accounts.Generated} "
            + string.Join(
                ' ', accounts.Drops.Where(drop => drop.Value > 0).OrderBy(drop => drop.Key).Select(drop => $"{drop.Key}={drop.Value}"))
            + string.Concat(accounts.Ports.Select(Text))
            + string.Concat(accounts.Vcpus.Select(vcpu => $" {vcpu.Frames}/{vcpu.Bytes}"));

        private static string Text(PortCounters port) =>
            $" ({port.FramesIn}/{port.BytesIn} {port.FramesOut}/{port.BytesOut} {port.FramesDropped})";
    }
}
