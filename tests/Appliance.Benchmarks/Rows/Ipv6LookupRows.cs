using System.Buffers.Binary;
using Appliance.Benchmarks.Harness;
using Appliance.Benchmarks.Peers;
using Appliance.Benchmarks.Routes;
using Appliance.Ports.Linux;
using Appliance.Routing.Fib;
using Appliance.Wire.Ip;

namespace Appliance.Benchmarks.Rows;

/// <summary>
/// IPv6 longest prefix match, 200 000 routes, in batches as the data path has them. Reported beside its peer; no bar is set.
/// </summary>
internal sealed class Ipv6LookupRows : IBenchmarkRows
{
    private const int RouteCount = 200_000;
    private const int RandomAddressCount = 1 << 20;
    private const int HotAddressCount = 1 << 10;
    private const int PeerGroups = 1 << 18;
    private const int Seed = 60;
    private readonly Ipv6PrefixTable _table = new(memory: MappedMemory.HugePages);
    private readonly int[] _values = new int[DpdkPeer.BatchSize];

    public string Subject => "lpm6";

    public IEnumerable<Comparison> Prepare(bool peerIsPresent)
    {
        Ipv6RouteSet routes = Ipv6RouteSet.Create(RouteCount, Seed, Ipv6PrefixTable.MaximumValue);
        for (int i = 0; i < routes.Count; i++)
            if (!_table.Set(new Ipv6Address(routes.Networks[i]), routes.Lengths[i], routes.Values[i]))
                throw new InvalidOperationException($"route {i} was refused");

        UInt128[] random = routes.DrawAddresses(RandomAddressCount, Seed + 1);
        if (peerIsPresent) BuildAndVerifyPeer(routes, random);
        yield return Compare("LPM v6, 200k routes, random", random, peerIsPresent);
        yield return Compare("LPM v6, 200k routes, 1k hot", random[..HotAddressCount], peerIsPresent);
    }

    public void Dispose() => _table.Dispose();

    private Comparison Compare(string name, UInt128[] addresses, bool peerIsPresent)
    {
        byte[] bytes = NetworkOrder(addresses);
        var ours = new Contender("Ipv6PrefixTable.LookupBatch", addresses.Length, () => RunOurs(addresses));
        var peer = new Contender("rte_lpm6_lookup_bulk", addresses.Length, () => DpdkPeer.RunLpm6(bytes, addresses.Length));
        return new Comparison(name, "lookup", ours, peerIsPresent ? [peer] : []);
    }

    private void RunOurs(UInt128[] addresses)
    {
        for (int i = 0; i < addresses.Length; i += DpdkPeer.BatchSize)
            _table.LookupBatch(addresses.AsSpan(i, DpdkPeer.BatchSize), _values);
    }

    private void BuildAndVerifyPeer(Ipv6RouteSet routes, UInt128[] addresses)
    {
        int refused = DpdkPeer.CreateLpm6(NetworkOrder(routes.Networks), routes.Lengths, routes.Values, routes.Count, PeerGroups);
        if (refused != 0) throw new InvalidOperationException($"the peer refused routes ({refused})");

        // Half of the probes have their lower bits turned over, so that misses are compared as well.
        UInt128[] probes = [.. addresses, .. addresses.Select((address, i) => address ^ (UInt128.MaxValue >> (16 + (i % 100))))];
        var ours = new int[probes.Length];
        var theirs = new int[probes.Length];
        _table.LookupBatch(probes, ours);
        DpdkPeer.LookupLpm6(NetworkOrder(probes), probes.Length, theirs);
        AnswersDifferException.ThrowUnlessEqual(ours, theirs, "rte_lpm6");
    }

    private static byte[] NetworkOrder(UInt128[] addresses)
    {
        var bytes = new byte[addresses.Length * Ipv6Address.Length];
        for (int i = 0; i < addresses.Length; i++)
            BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(i * Ipv6Address.Length), addresses[i]);
        return bytes;
    }
}
