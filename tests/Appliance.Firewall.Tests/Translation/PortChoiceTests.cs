using Appliance.Engine;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests;

public sealed class PortChoiceTests
{
    private static readonly KeyedRandom Random = KeyedRandom.FromSeed(1);
    private static readonly UInt128 Outside = 0xcb00_7102, Server = 0xc633_6407;

    private static FrameEndpoints Flow(int client) =>
        new(0x0a00_0000 + (uint)(client >> 14), Server, (ushort)(1024 + (client & 0x3fff)), 443);

    private static bool TryChoose(
        FrameEndpoints flow, PortPolicy policy, BucketPortSet own, ref TakenPorts probe, out ushort port,
        IpProtocol protocol = IpProtocol.Tcp) =>
        PortChoice.TryDraw(flow, protocol, Outside, policy, own, Random, ref probe, out port)
        || PortChoice.TryWalk(flow, protocol, Outside, policy, Random, ref probe, out port);

    [Fact]
    public void Sixty_thousand_mappings_of_one_address_to_one_destination_never_collide()
    {
        var taken = new HashSet<(UInt128, ushort)>();
        var probe = new TakenPorts(taken);
        var policy = new PortPolicy(new PortRange(1024, 65535));
        var buckets = new BucketPorts(Steering.Symmetric);
        for (int client = 0; client < 60_000; client++)
        {
            FrameEndpoints flow = Flow(client);
            BucketPortSet own = buckets.Find(flow, v6: false, IpProtocol.Tcp, Outside, (ushort)(client & 127));
            Assert.True(TryChoose(flow, policy, own, ref probe, out ushort port));
            Assert.InRange(port, 1024, 65535);
            Assert.True(taken.Add((Outside, port)));
        }

        TestContext.Current.SendDiagnosticMessage($"60,000 mappings, {probe.Asked / 60_000.0:f1} questions each");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ports_are_spread_evenly_and_do_not_follow_from_one_another(bool ofOwnBucket)
    {
        const int Flows = 200_000, Bins = 64;
        var probe = new TakenPorts([]);
        var buckets = new BucketPorts(Steering.Symmetric);
        var bins = new int[Bins];
        var ports = new double[Flows];
        for (int client = 0; client < Flows; client++)
        {
            FrameEndpoints flow = Flow(client);                         // clients and their ports follow one another
            BucketPortSet own = ofOwnBucket ? buckets.Find(flow, v6: false, IpProtocol.Tcp, Outside, (ushort)(client & 127)) : default;
            Assert.True(TryChoose(flow, PortPolicy.Default, own, ref probe, out ushort port));
            Assert.InRange(port, 50_001, 65_535);
            ports[client] = port;
            bins[(port - 50_001) * Bins / 15_535]++;
        }

        double expected = Flows / (double)Bins;
        double chiSquare = bins.Sum(count => (count - expected) * (count - expected) / expected);
        double mean = ports.Average(), variance = ports.Sum(port => (port - mean) * (port - mean)) / Flows;
        double serial = Enumerable.Range(1, Flows - 1).Sum(i => (ports[i] - mean) * (ports[i - 1] - mean)) / (Flows - 1) / variance;
        TestContext.Current.SendDiagnosticMessage(
            $"own bucket {ofOwnBucket}: chi-square {chiSquare:f1} of 63 degrees, serial correlation {serial:f5}");
        Assert.InRange(chiSquare, 30, 112);                             // one in ten thousand on either side
        Assert.InRange(serial, -4 / Math.Sqrt(Flows), 4 / Math.Sqrt(Flows));
    }

    [Theory]
    [InlineData(6, 8, 0x34)]                                            // RFC 7597 Appendix A, example 1
    [InlineData(1, 1, 1)]
    [InlineData(15, 1, 0)]
    [InlineData(4, 12, 0xabc)]
    public void A_shared_addresss_ports_are_those_that_hold_the_identifier(int offset, int length, int identifier)
    {
        PortRange range = PortRange.MapE(offset, length, identifier);
        int below = 16 - offset - length;
        ushort[] all = [.. Enumerable.Range(0, 65536).Select(port => (ushort)port)];
        ushort[] ports = [.. all.Where(port => port >> (16 - offset) != 0 && ((port >> below) & ((1 << length) - 1)) == identifier)];
        Assert.Equal(ports, all.Where(port => range.Contains(port)));
        Assert.Equal(ports, Enumerable.Range(0, range.Count).Select(place => range.At((uint)place)));
        Assert.Equal(ports[0], range.At((uint)range.Count));
        Assert.Equal(ports.Length, range.Count);
    }

    [Fact]
    public void Exhaustion_is_refused_after_a_bounded_search_and_passes_when_a_port_is_free_again()
    {
        var taken = new HashSet<(UInt128, ushort)>();
        var probe = new TakenPorts(taken);
        var policy = new PortPolicy(new PortRange(60_099, 60_000));     // in either order
        for (int client = 0; client < 100; client++)
        {
            Assert.True(TryChoose(Flow(client), policy, default, ref probe, out ushort port));
            Assert.True(taken.Add((Outside, port)));
        }

        probe.Asked = 0;
        Assert.False(TryChoose(Flow(100), policy, default, ref probe, out _));
        Assert.Equal(PortChoice.AnyDraws + 100, probe.Asked);
        Assert.True(taken.Remove((Outside, 60_042)));
        Assert.True(TryChoose(Flow(100), policy, default, ref probe, out ushort again));
        Assert.Equal(60_042, again);
    }

    [Fact]
    public void Choice_does_not_depend_on_who_asks_or_when()
    {
        var ports = new ushort[1000];
        for (int client = 0; client < ports.Length; client++)
        {
            var probe = new TakenPorts([]);
            Assert.True(TryChoose(Flow(client), PortPolicy.Default, default, ref probe, out ports[client]));
        }

        Parallel.For(0, ports.Length, i =>
        {
            var probe = new TakenPorts([]);
            int client = ports.Length - 1 - i;
            Assert.True(TryChoose(Flow(client), PortPolicy.Default, default, ref probe, out ushort port));
            Assert.Equal(ports[client], port);
        });
        Assert.InRange(ports.Distinct().Count(), 950, 1000);
    }

    [Fact]
    public void Another_secret_chooses_other_ports()
    {
        int same = 0;
        for (int client = 0; client < 1000; client++)
        {
            var probe = new TakenPorts([]);
            Assert.True(TryChoose(Flow(client), PortPolicy.Default, default, ref probe, out ushort one));
            Assert.True(PortChoice.TryDraw(
                Flow(client), IpProtocol.Tcp, Outside, PortPolicy.Default, default, KeyedRandom.FromSeed(2), ref probe, out ushort other));
            if (one == other) same++;
        }

        Assert.InRange(same, 0, 5);
    }

    [Fact]
    public void Static_port_is_kept_or_refused()
    {
        var taken = new HashSet<(UInt128, ushort)>();
        var probe = new TakenPorts(taken);
        PortPolicy policy = PortPolicy.Default with { IsStatic = true };
        Assert.True(TryChoose(Flow(5), policy, default, ref probe, out ushort port));
        Assert.Equal(Flow(5).SourcePort, port);
        taken.Add((Outside, port));
        Assert.False(TryChoose(Flow(5), policy, default, ref probe, out _));
        Assert.True(TryChoose(Flow(6), PortPolicy.Default, default, ref probe, out ushort sctp, IpProtocol.Sctp));
        Assert.Equal(Flow(6).SourcePort, sctp);
    }

    [Fact]
    public void Endpoint_independent_mapping_is_the_same_for_every_destination()
    {
        var probe = new TakenPorts([]);
        PortPolicy policy = PortPolicy.Default with { IsEndpointIndependent = true };
        var independent = new HashSet<ushort>();
        var dependent = new HashSet<ushort>();
        for (uint destination = 0; destination < 50; destination++)
        {
            FrameEndpoints flow = Flow(1) with { Destination = destination, DestinationPort = (ushort)destination };
            Assert.True(TryChoose(flow, policy, default, ref probe, out ushort port));
            independent.Add(port);
            Assert.True(TryChoose(flow, PortPolicy.Default, default, ref probe, out ushort other));
            dependent.Add(other);
        }

        Assert.Single(independent);
        Assert.InRange(dependent.Count, 45, 50);
    }
}
