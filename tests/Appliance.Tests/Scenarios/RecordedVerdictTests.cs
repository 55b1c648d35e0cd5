using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Node;
using Appliance.Testing;
using Appliance.Wire.Pcap;
using Xunit;

namespace Appliance.Tests;

/// <summary>
/// What a replay records of each packet adds up to its accounts, is the same for any number of vCPUs and with lro on and off, and is what
/// a trace says of the packet alone.
/// </summary>
public sealed class RecordedVerdictTests(ITestOutputHelper output)
{
    private static string Router(string lro, int mtu) => $$"""
        ports:
          lan: {backend: pcap, addresses: [192.168.77.1/24, "2001:db8:77::1/64"], offloads: {lro: {{lro}} } }
          wan: {backend: pcap, addresses: [203.0.113.2/24, "2001:db8:2::2/64"], mtu: {{mtu}}, offloads: {lro: {{lro}} } }
          lan.20: {parent: lan, vlan: 20, addresses: [192.168.20.1/24]}
        routes:
          - {to: 0.0.0.0/1, via: 203.0.113.1}
          - {to: 192.0.0.0/2, via: 192.168.77.9}
          - {to: "::/0", via: "2001:db8:2::1"}

        """;

    [Theory]
    [InlineData("lan", 1500)]
    [InlineData("lan,wan", 1280)]
    public void They_add_up_to_the_accounts_however_many_vcpus_there_are_and_with_lro_on_and_off(string ports, int mtu)
    {
        var sums = new Dictionary<FrameVerdict, int>();
        long trains = 0;
        foreach (string file in SharedCaptures.Sample())
        {
            byte[] capture = File.ReadAllBytes(file);
            ImmutableArray<FrameVerdict>? first = null;
            foreach ((int vcpus, string lro) in from vcpus in (int[])[1, 2, 4] from lro in (string[])["off", "on"] select (vcpus, lro))
            {
                ReplayReport report = Replay(Router(lro, mtu), vcpus, ports, capture);
                ImmutableArray<FrameVerdict> verdicts = Assert.Single(report.Verdicts!.Value);
                MustAddUp(report, verdicts, $"{file}, {vcpus} vCPUs, lro {lro}");
                first ??= verdicts;
                Assert.True(first.Value.SequenceEqual(verdicts), $"{file}: {vcpus} vCPUs with lro {lro} judge otherwise.");
                trains += report.Accounts.LroSuperframes;
            }

            foreach (FrameVerdict verdict in first!.Value)
                sums[verdict] = sums.GetValueOrDefault(verdict) + 1;
        }

        Assert.True(trains > 0, "nothing was coalesced");
        Assert.All(
            (VerdictKind[])[VerdictKind.Pass, VerdictKind.Drop, VerdictKind.Consume],
            kind => Assert.Contains(sums.Keys, sum => sum.Kind == kind));
        foreach ((FrameVerdict verdict, int packets) in sums.OrderByDescending(sum => sum.Value))
            output.WriteLine($"{packets} {verdict.Word} {verdict.Reason}");
    }

    [Fact]
    public void They_are_what_a_trace_says_of_each_packet_alone()
    {
        foreach (string file in SharedCaptures.Sample())
        {
            string yaml = Router("on", 1280);
            byte[] capture = File.ReadAllBytes(file);
            ImmutableArray<FrameVerdict> recorded = Assert.Single(Replay(yaml, 2, "lan,wan", capture).Verdicts!.Value);
            FrameVerdict[] traced = [.. Trace(yaml, capture)];
            Assert.True(recorded.AsSpan().SequenceEqual(traced), $"{file}: {string.Join(", ", Different(recorded, traced))}");
        }
    }

    [Fact]
    public void Streams_full_of_trains_fragments_and_refusals_are_judged_the_same_with_lro_on_and_off()
    {
        int streams = (int)TestSize.Of(100, 1_000, 20_000);
        long trains = 0, fragments = 0;
        for (int seed = 0; seed < streams; seed++)
        {
            byte[] capture = Capture(SegmentStream.Make(seed).Select(frame => frame.Frame));
            ReplayReport off = Replay(Streams("off"), 1, "lan,wan", capture);
            ReplayReport on = Replay(Streams("on"), 1 + (seed % 3), "lan,wan", capture);
            MustAddUp(off, off.Verdicts!.Value[0], $"seed {seed}");
            MustAddUp(on, on.Verdicts!.Value[0], $"seed {seed}");
            Assert.True(off.Verdicts!.Value[0].SequenceEqual(on.Verdicts!.Value[0]), $"seed {seed}");
            trains += on.Accounts.LroSuperframes;
            fragments += on.Accounts.Generated;
        }

        Assert.True(trains > streams && fragments > streams, $"{trains} trains, {fragments} fragments and answers");
    }

    [Fact]
    public void Two_captures_of_one_port_are_never_taken_for_one_another()
    {
        byte[] pass = Capture([ScenarioRig.Udp("8.8.8.8"), ScenarioRig.Udp("8.8.8.8")]);
        byte[] drop = Capture([ScenarioRig.Udp("8.8.8.8", hopLimit: 1), ScenarioRig.Udp("8.8.8.8", hopLimit: 1)]);
        ReplayReport report = Replay(ScenarioRig.Router, 2, new ReplayOptions(RecordsVerdicts: true), ("lan", pass), ("lan", drop));
        Assert.Equal([[VerdictKind.Pass, VerdictKind.Pass], [VerdictKind.Drop, VerdictKind.Drop]],
            report.Verdicts!.Value.Select(input => input.Select(verdict => verdict.Kind)));
    }

    [Fact]
    public void Who_does_not_ask_gets_none_and_the_same_report()
    {
        byte[] capture = Capture(ScenarioRig.Packets);
        ReplayReport without = Replay(ScenarioRig.Router, 2, new ReplayOptions(), ("lan", capture));
        Assert.Null(without.Verdicts);
        Assert.Equal(
            ReplayJson.Render(without, 0), ReplayJson.Render(Replay(ScenarioRig.Router, 2, "lan", capture), 0));
    }

    private static string Streams(string lro) => $$"""
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24, "2001:db8:1::1/64"], offloads: {lro: {{lro}} } }
          wan: {backend: pcap, addresses: [203.0.113.2/24, "2001:db8:2::2/64"], mtu: 1280, offloads: {lro: {{lro}} } }
        routes:
          - {to: 198.51.100.0/24, via: 203.0.113.1}
          - {to: "2001:db8:ffff::/48", via: "2001:db8:2::1"}

        """;

    /// <summary>What is made here (errors, answers) is counted nowhere but in what was generated, and may be dropped itself.</summary>
    private static void MustAddUp(ReplayReport report, ImmutableArray<FrameVerdict> verdicts, string what)
    {
        NodeAccounts accounts = report.Accounts;
        Assert.True(accounts.IsBalanced, what);
        long Count(Func<FrameVerdict, bool> which) => verdicts.Count(which);
        Assert.True(accounts.Received == verdicts.Length, what);
        Assert.True(accounts.Consumed == Count(verdict => verdict.Kind == VerdictKind.Consume), what);
        long dropped = Count(verdict => verdict.Reason != DropReason.None);
        long droppedAtPorts = report.PortNames.Zip(accounts.Ports)
            .Where(port => !port.First.Contains('.')).Sum(port => port.Second.FramesDropped);
        Assert.True(droppedAtPorts == dropped, $"{what}: {droppedAtPorts} frames dropped, {dropped} packets");
        Assert.True(accounts.Received - accounts.Consumed - dropped == Count(verdict => verdict.Kind == VerdictKind.Pass), what);
        foreach ((string reason, long frames) in accounts.Drops)
        {
            long packets = Count(verdict => DropReasonNames.Of(verdict.Reason) == reason);
            Assert.True(packets <= frames && (packets == frames || accounts.Dropped > dropped), $"{what}: {packets} of {frames} {reason}");
        }
    }

    private static IEnumerable<FrameVerdict> Trace(string yaml, byte[] capture)
    {
        RuntimeModel model = Model(yaml);
        using var tracer = new PacketTracer(model, new NodeOptions { Workers = 1 });
        using CaptureReader reader = CaptureReader.Open(new MemoryStream(capture));
        var frame = new byte[LinkLayerFraming.DestinationLength];
        while (reader.TryRead(out CaptureRecord record))
        {
            FramingOutcome outcome = LinkLayerFraming.Frame(record, tracer.Ports[0].Mac, frame, out int length);
            ReadOnlySpan<byte> bytes = frame.AsSpan(0, length);
            PacketVerdict verdict = outcome == FramingOutcome.Framed
                ? tracer.Trace(tracer.ArrivalPortOf(bytes, [0, 1]), bytes, new MonotonicTime(record.TimestampNanoseconds))
                : tracer.Refuse(Framing.ReasonOf(outcome));
            DropReason reason = Enum.GetValues<DropReason>().SingleOrDefault(one => DropReasonNames.Of(one) == verdict.Reason);
            yield return new FrameVerdict(Enum.Parse<VerdictKind>(verdict.Verdict, ignoreCase: true), reason);
        }
    }

    private static IEnumerable<string> Different(ImmutableArray<FrameVerdict> recorded, FrameVerdict[] traced) => recorded
        .Zip(traced).Index().Where(pair => pair.Item.First != pair.Item.Second).Take(3)
        .Select(pair => $"packet {pair.Index + 1}: {pair.Item.First}, traced {pair.Item.Second}");

    private static byte[] Capture(IEnumerable<byte[]> frames)
    {
        using var stream = new MemoryStream();
        using (var writer = new PcapWriter(stream, leaveOpen: true))
        {
            foreach (byte[] frame in frames)
                writer.Write(frame, 1_700_000_000_000_000_000);         // one time: as few bursts as there can be
        }

        return stream.ToArray();
    }

    private static ReplayReport Replay(string yaml, int vcpus, string ports, byte[] capture) =>
        Replay(yaml, vcpus, new ReplayOptions(RecordsVerdicts: true), (ports, capture));

    private static ReplayReport Replay(string yaml, int vcpus, ReplayOptions options, params (string Ports, byte[] Capture)[] inputs)
    {
        RuntimeModel model = Model(yaml);
        using var session = new ReplaySession(
            model, new NodeOptions { Workers = vcpus }, options,
            [.. inputs.Select(input => new ReplayInput(
                input.Ports, "input.pcap", [.. input.Ports.Split(',').Select(name => model.FindPort(name)!.Index)],
                new MemoryStream(input.Capture, writable: false)))],
            new ReplayOutput([.. model.Ports.Select(Stream? (_) => null)]));
        return session.Run();
    }

    private static RuntimeModel Model(string yaml)
    {
        ConfigurationResult result = ConfigurationLoader.LoadText(yaml, "router.yaml");
        Assert.Empty(result.Errors);
        return result.Model!;
    }
}
