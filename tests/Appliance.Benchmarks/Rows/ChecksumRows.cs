using System.Buffers.Binary;
using Appliance.Benchmarks.Harness;
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

    private static readonly (int Length, Bar? Bar)[] Sizes =
    [
        (20, null), (64, new Bar(Peer, 0.95, 1.1)), (256, null), (1460, new Bar(Peer, 1.1, 1.4)), (65536, new Bar(Peer, 1.5, 1.9)),
    ];

    private uint _kept;                                               // sums go here, so that they have to be computed

    public string Subject => "checksum";

    public IEnumerable<Comparison> Prepare(bool peerIsPresent)
    {
        var bytes = new byte[LargeSlots * LargeSlot];
        new Random(6).NextBytes(bytes);
        if (peerIsPresent) Verify(bytes);
        foreach ((int length, Bar? bar) in Sizes) yield return Compare(bytes, length, bar, peerIsPresent);
    }

    public void Dispose()
    {
    }

    private Comparison Compare(byte[] bytes, int length, Bar? bar, bool peerIsPresent)
    {
        (int slot, int slots) = length > SmallSlot ? (LargeSlot, LargeSlots) : (SmallSlot, SmallSlots);
        int passes = Math.Max(1, BytesPerRun / (length * slots));
        double units = (double)slots * passes;
        var ours = new Contender("InternetChecksum.Sum", units, () => RunOurs(bytes, length, slot, slots, passes));
        var peer = new Contender(Peer, units, () => DpdkPeer.RunChecksum(bytes, length, slot, slots, passes));
        return new Comparison($"checksum of {length} bytes", "checksum", ours, peerIsPresent ? [peer] : [], bar);
    }

    private void RunOurs(byte[] bytes, int length, int slot, int slots, int passes)
    {
        uint kept = 0;
        for (int pass = 0; pass < passes; pass++)
            for (int i = 0; i < slots; i++)
                kept += InternetChecksum.Fold(InternetChecksum.Sum(bytes.AsSpan(i * slot, length)));
        _kept += kept;
    }

    private static void Verify(byte[] bytes)
    {
        for (int length = 0; length <= SmallSlot; length++)
        {
            ReadOnlySpan<byte> some = bytes.AsSpan(0, length);
            int ours = InternetChecksum.Fold(InternetChecksum.Sum(some));
            int theirs = BinaryPrimitives.ReverseEndianness(DpdkPeer.Checksum(some, length));
            AnswersDifferException.ThrowUnlessEqual([ours], [theirs], $"{Peer} of {length} bytes");
        }
    }
}
