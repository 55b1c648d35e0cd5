using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Appliance.Benchmarks.Harness;
using Appliance.Benchmarks.Memory;
using Appliance.Benchmarks.Peers;
using Appliance.Wire.Checksums;

namespace Appliance.Benchmarks.Rows;

/// <summary>The one's complement sum of contiguous bytes, folded to 16 bits, for the sizes of headers, segments and large frames.</summary>
internal sealed class ChecksumRows : IBenchmarkRows
{
    private const string Peer = "rte_raw_cksum";
    private const int BytesPerRun = 1 << 20;                          // long beside the call into the peer
    private const int SmallSlot = 2048;                               // bytes from one buffer to the next, as in a frame pool
    private const int LargeSlot = 65536;
    private const int SmallSlots = 32;
    private const int LargeSlots = 4;
    private const int MixedRuns = 50_000;                             // tier-up needs calls, then 100 ms of them

    private static readonly (int Length, Bar? Bar)[] Sizes =
    [
        (20, null), (64, new Bar(Peer, 0.95, 1.1)), (256, null), (1460, new Bar(Peer, 1.1, 1.4)), (65536, new Bar(Peer, 1.5, 1.9)),
    ];

    private readonly Slab _slab = new(LargeSlots * LargeSlot);
    private uint _kept;                                               // sums go here, so that they have to be computed

    public string Subject => "checksum";

    public IEnumerable<Comparison> Prepare(bool peerIsPresent)
    {
        new Random(6).NextBytes(_slab.Bytes);
        if (peerIsPresent) Verify(_slab.Bytes);
        MixLengths();
        foreach ((int length, Bar? bar) in Sizes) yield return Compare(length, bar, peerIsPresent);
    }

    public void Dispose() => _slab.Dispose();

    /// <summary>
    /// The JIT lays the code out by what it has seen first. A data path shows it all lengths, so it sees them all here before any is
    /// measured; otherwise the first row's length would be favoured in the rows of all others.
    /// </summary>
    private void MixLengths()
    {
        for (int i = 0; i < MixedRuns; i++)
            foreach ((int length, _) in Sizes)
                RunOurs(length, LargeSlot, LargeSlots, passes: 1);
    }

    private Comparison Compare(int length, Bar? bar, bool peerIsPresent)
    {
        (int slot, int slots) = length > SmallSlot ? (LargeSlot, LargeSlots) : (SmallSlot, SmallSlots);
        int passes = Math.Max(1, BytesPerRun / (length * slots));
        double units = (double)slots * passes;
        var ours = new Contender("InternetChecksum.Sum", units, () => RunOurs(length, slot, slots, passes));
        var peer = new Contender(Peer, units, () => DpdkPeer.RunChecksum(_slab.Bytes, length, slot, slots, passes));
        var limit = new Contender("one read of each cache line", units, () => DpdkPeer.RunRead(_slab.Bytes, length, slot, slots, passes));
        Contender[] peers = !peerIsPresent ? [] : length > SmallSlot ? [peer, limit] : [peer];
        return new Comparison($"checksum of {length} bytes", "checksum", ours, peers, bar);
    }

    private void RunOurs(int length, int slot, int slots, int passes)
    {
        for (int pass = 0; pass < passes; pass++) _kept += SumEach(ref MemoryMarshal.GetReference(_slab.Bytes), length, slot, slots);
    }

    /// <summary>As few variables as the loop can do with, and no check of where a buffer begins: the peer's loop has neither.</summary>
    private static uint SumEach(ref byte first, int length, nint slot, int slots)
    {
        uint kept = 0;
        for (; slots > 0; slots--)
        {
            kept += InternetChecksum.Fold(InternetChecksum.Sum(MemoryMarshal.CreateReadOnlySpan(ref first, length)));
            first = ref Unsafe.Add(ref first, slot);
        }

        return kept;
    }

    private static void Verify(Span<byte> bytes)
    {
        for (int length = 0; length <= SmallSlot; length++)
        {
            ReadOnlySpan<byte> some = bytes[..length];
            int ours = InternetChecksum.Fold(InternetChecksum.Sum(some));
            int theirs = BinaryPrimitives.ReverseEndianness(DpdkPeer.Checksum(some, length));
            AnswersDifferException.ThrowUnlessEqual([ours], [theirs], $"{Peer} of {length} bytes");
        }
    }
}
