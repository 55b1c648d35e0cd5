using Appliance.Benchmarks.Harness;
using Appliance.Benchmarks.Peers;
using Appliance.Benchmarks.Routes;
using Appliance.Ports.Linux;
using Appliance.Routing.Fib;
using Appliance.Wire.Ip;

namespace Appliance.Benchmarks.Rows;

/// <summary>IPv4 longest prefix match, 500 000 routes, in batches as the data path has them.</summary>
internal sealed class Ipv4LookupRows : IBenchmarkRows
{
    private const int RouteCount = 500_000;
    private const int RandomAddressCount = 1 << 20;
    private const int HotAddressCount = 1 << 10;
    private const int Seed = 20;
    private const string Lpm = "rte_lpm_lookup_bulk";
    private readonly Ipv4PrefixTable _table = new(memory: MappedMemory.HugePages);
    private readonly int[] _values = new int[DpdkPeer.BatchSize];

    public string Subject => "lpm4";

    public IEnumerable<Comparison> Prepare(bool peerIsPresent)
    {
        Ipv4RouteSet routes = Ipv4RouteSet.Create(RouteCount, Seed, Ipv4PrefixTable.MaximumValue);
        for (int i = 0; i < routes.Count; i++)
            if (!_table.Set(new Ipv4Address(routes.Networks[i]), routes.Lengths[i], routes.Values[i]))
                throw new InvalidOperationException($"route {i} was refused");

        uint[] random = routes.DrawAddresses(RandomAddressCount, Seed + 1);
        if (peerIsPresent) BuildAndVerifyPeer(routes, random);
        yield return Compare("LPM v4, 500k routes, random", random, peerIsPresent);
        yield return Compare("LPM v4, 500k routes, 1k hot", random[..HotAddressCount], peerIsPresent);
    }

    public void Dispose() => _table.Dispose();

    private Comparison Compare(string name, uint[] addresses, bool peerIsPresent)
    {
        int count = addresses.Length;
        var ours = new Contender("Ipv4PrefixTable.LookupBatch", count, () => RunOurs(addresses));
        var lpm = new Contender(Lpm, count, () => DpdkPeer.RunLpm4(addresses, count));
        var fib = new Contender("rte_fib_lookup_bulk", count, () => DpdkPeer.RunFib4(addresses, count));
        return new Comparison(name, "lookup", ours, peerIsPresent ? [lpm, fib] : [], new Bar(Lpm, 1.0, 1.2));
    }

    private void RunOurs(uint[] addresses)
    {
        for (int i = 0; i < addresses.Length; i += DpdkPeer.BatchSize)
            _table.LookupBatch(addresses.AsSpan(i, DpdkPeer.BatchSize), _values);
    }

    private void BuildAndVerifyPeer(Ipv4RouteSet routes, uint[] addresses)
    {
        int refused = DpdkPeer.CreateLpm4(routes.Networks, routes.Lengths, routes.Values, routes.Count, Ipv4PrefixTable.MaximumGroups);
        if (refused != 0) throw new InvalidOperationException($"the peer refused routes ({refused})");
        Console.WriteLine($"rte_fib: {(DpdkPeer.UseVectorFib4() == 1 ? "AVX-512" : "scalar")} lookup");

        // Half of the probes are anywhere, so that misses are compared as well.
        uint[] probes = [.. addresses, .. addresses.Select(address => address * 2654435761u)];
        var ours = new int[probes.Length];
        var theirs = new int[probes.Length];
        _table.LookupBatch(probes, ours);
        DpdkPeer.LookupLpm4(probes, probes.Length, theirs);
        AnswersDifferException.ThrowUnlessEqual(ours, theirs, Lpm);
        DpdkPeer.LookupFib4(probes, probes.Length, theirs);
        AnswersDifferException.ThrowUnlessEqual(ours, theirs, "rte_fib");
    }
}
