using System.Runtime.InteropServices;
using Appliance.Benchmarks.Harness;
using Appliance.Benchmarks.Memory;
using Appliance.Benchmarks.Peers;
using Appliance.Engine;

namespace Appliance.Benchmarks.Rows;

/// <summary>
/// The steering hash in batches of 64, gathered from packets: both sides get the same addresses of tuples, each in the headers of a packet
/// in a slot of its own. Slots lie an odd number of cache lines apart, as those of a DPDK mempool do; where they are 2 KiB apart all
/// headers fall into two sets of the first cache, and a row of its own shows what that costs.
/// </summary>
internal sealed class ToeplitzRows : IBenchmarkRows
{
    private const string Bulk = "rte_thash_gfni_bulk";
    private const string Soft = "rte_softrss_be";
    private const int Packets = DpdkPeer.BatchSize;
    private const int SpreadBytes = 2048 + 64, AlignedBytes = 2048;   // from one slot to the next
    private const int Headroom = 128;                                 // bytes in front of a frame, as in the frame pool
    private const int Passes = 64;
    private const int Probes = 64;                                    // batches of random tuples whose answers are compared

    private readonly Slab _slab = new(Packets * SpreadBytes);
    private readonly uint[] _hashes = new uint[Packets];
    private readonly Family _v4, _v6;

    private delegate void Batch(ReadOnlySpan<nint> tuples, bool ordered, Span<uint> hashes);

    private delegate void PeerBatch(ReadOnlySpan<nint> tuples, int length, int count, Span<uint> hashes);

    /// <param name="TupleAt">Where the source address stands in a frame.</param>
    /// <param name="Vector">An input of Microsoft's verification suite, and its hash.</param>
    private sealed record Family(
        string Name, int Length, int TupleAt, Batch Ours, Batch ByTable, Bar OverBulk, Bar? OverSoft, (string Input, uint Hash) Vector);

    public ToeplitzRows()
    {
        var hash = new ToeplitzHash(RssKey.Microsoft);
        _v4 = new Family(
            "IPv4", 12, 26, hash.HashIpv4, hash.HashIpv4ByTable, new Bar(Bulk, 4, 5.5), new Bar(Soft, 4, 8),
            ("420995bb" + "a18e6450" + "0aea06e6", 0x51ccc178));
        _v6 = new Family(
            "IPv6", 36, 22, hash.HashIpv6, hash.HashIpv6ByTable, new Bar(Bulk, 2.5, 3), null,
            ("3ffe250102001fff0000000000000007" + "3ffe2501020000030000000000000001" + "0aea06e6", 0x40207d3d));
    }

    public string Subject => "toeplitz";

    public IEnumerable<Comparison> Prepare(bool peerIsPresent)
    {
        bool hasGfni = peerIsPresent && DpdkPeer.CreateThash(RssKey.Microsoft.Bytes.AsSpan()) == 1;
        foreach (Family family in new[] { _v4, _v6 })
        {
            nint[] spread = Tuples(SpreadBytes, family), aligned = Tuples(AlignedBytes, family);
            if (peerIsPresent) Verify(spread, family, hasGfni);
            yield return ByGfni($"Toeplitz {family.Name}, from packets", spread, family, hasGfni);
            yield return Aligned($"Toeplitz {family.Name}, slots of 2 KiB", aligned, family, hasGfni);
            yield return ByTable($"Toeplitz {family.Name}, without GFNI", spread, family, peerIsPresent);
        }
    }

    public void Dispose() => _slab.Dispose();

    private nint[] Tuples(int distance, Family family)
    {
        nint first = Slab.AddressOf(_slab.Bytes) + Headroom + family.TupleAt;
        return [.. Enumerable.Range(0, Packets).Select(packet => first + (packet * distance))];
    }

    private Comparison ByGfni(string name, nint[] tuples, Family family, bool hasGfni)
    {
        Contender[] peers = !hasGfni ? [] :
        [
            Peer(Bulk, DpdkPeer.RunThashGfniBulk, tuples, family),
            Peer(Bulk + ", unrolled", DpdkPeer.RunThashGfniBulkUnrolled, tuples, family),
            Peer("rte_thash_gfni", DpdkPeer.RunThashGfni, tuples, family),
        ];
        return new Comparison(name, "packet", Ours($"ToeplitzHash.{family.Ours.Method.Name}", family.Ours, tuples), peers, family.OverBulk);
    }

    private Comparison Aligned(string name, nint[] tuples, Family family, bool hasGfni)
    {
        Contender[] peers = !hasGfni ? [] :
            [Peer(Bulk, DpdkPeer.RunThashGfniBulk, tuples, family), Peer("one load of each tuple", DpdkPeer.RunTupleRead, tuples, family)];
        return new Comparison(name, "packet", Ours($"ToeplitzHash.{family.Ours.Method.Name}", family.Ours, tuples), peers);
    }

    private Comparison ByTable(string name, nint[] tuples, Family family, bool peerIsPresent) =>
        new(name, "packet", Ours("by table", family.ByTable, tuples),
            peerIsPresent ? [Peer(Soft, DpdkPeer.RunSoftrss, tuples, family)] : [], family.OverSoft);

    private Contender Ours(string name, Batch batch, nint[] tuples) => new(name, Packets * Passes, () =>
    {
        for (int pass = 0; pass < Passes; pass++)
            batch(tuples, false, _hashes);
    });

    private Contender Peer(string name, PeerBatch batch, nint[] tuples, Family family) => new(name, Packets * Passes, () =>
    {
        for (int pass = 0; pass < Passes; pass++)
            batch(tuples, family.Length, Packets, _hashes);
    });

    private void Verify(nint[] tuples, Family family, bool hasGfni)
    {
        var random = new Random(12);
        for (int probe = 0; probe < Probes; probe++)
        {
            random.NextBytes(_slab.Bytes);
            Convert.FromHexString(family.Vector.Input).CopyTo(_slab.Bytes[(Headroom + family.TupleAt)..]);
            var ours = new uint[Packets];
            family.Ours(tuples, false, ours);
            if (ours[0] != family.Vector.Hash) throw new AnswersDifferException($"{family.Name}: the standard's vector is {ours[0]:x8}");
            family.ByTable(tuples, false, _hashes);
            Compare(ours, "our table");
            Compare(ours, Soft, DpdkPeer.RunSoftrss, tuples, family);
            if (!hasGfni) continue;
            Compare(ours, Bulk, DpdkPeer.RunThashGfniBulk, tuples, family);
            Compare(ours, Bulk + ", unrolled", DpdkPeer.RunThashGfniBulkUnrolled, tuples, family);
            Compare(ours, "rte_thash_gfni", DpdkPeer.RunThashGfni, tuples, family);
        }
    }

    private void Compare(uint[] ours, string name, PeerBatch peer, nint[] tuples, Family family)
    {
        peer(tuples, family.Length, Packets, _hashes);
        Compare(ours, name);
    }

    private void Compare(uint[] ours, string name) =>
        AnswersDifferException.ThrowUnlessEqual(MemoryMarshal.Cast<uint, int>(ours), MemoryMarshal.Cast<uint, int>(_hashes), name);
}
