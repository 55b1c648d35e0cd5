using System.Runtime.CompilerServices;

namespace Appliance.Engine;

/// <summary>
/// The Toeplitz hash of NDIS ("RSS Hashing Functions"): for each input bit that is set, most significant first, the 32 key bits that
/// start at that bit's position are added modulo 2. One input by table; whole batches with GFNI where the processor has it.
/// </summary>
public sealed unsafe class ToeplitzHash
{
    /// <summary>The longest input: two IPv6 addresses and two ports.</summary>
    public const int MaxInputLength = 36;                               // bytes

    private readonly uint[] _table = GC.AllocateArray<uint>(ToeplitzTable.Length, pinned: true);
    private readonly AlignedArray<ulong> _matrixMemory = new(ToeplitzKernel.TableLength);
    private readonly ulong* _matrices;                                  // in it: from a cache line's beginning, each load reads one line

    public ToeplitzHash(RssKey key)
    {
        Key = key;
        ToeplitzTable.Fill(key, _table);
        _matrices = (ulong*)Unsafe.AsPointer(ref _matrixMemory[0]);
        ToeplitzKernel.FillTable(key, _matrixMemory.Span);
    }

    public RssKey Key { get; }

    /// <summary>Hashes up to <see cref="MaxInputLength"/> bytes in network order.</summary>
    public uint Hash(ReadOnlySpan<byte> input)
    {
        uint hash = 0;
        ReadOnlySpan<uint> table = _table;
        for (int i = 0; i < input.Length; i++)
            hash ^= table[(i << 8) | input[i]];
        return hash;
    }

    /// <summary>
    /// Hashes tuples of IPv4 where they lie: source address, destination address, source port, destination port, in network order, as in
    /// a datagram without options. Ports of zero add nothing: a tuple without ports is one with ports of zero.
    /// </summary>
    /// <param name="tuples">Addresses of tuples of 12 bytes. The 4 bytes in front of each are read, not used.</param>
    /// <param name="ordered">
    /// The lower endpoint first, by address and of equal addresses by port, so that both directions of a flow have one hash.
    /// </param>
    /// <param name="hashes">As many as there are tuples.</param>
    public void HashIpv4(ReadOnlySpan<nint> tuples, bool ordered, Span<uint> hashes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hashes.Length, tuples.Length);
        if (ToeplitzKernel.IsSupported) HashByGroups(tuples, v6: false, ordered, hashes);
        else HashIpv4ByTable(tuples, ordered, hashes);
    }

    /// <summary>Hashes tuples of IPv6 where they lie, of 36 bytes, in the same way; nothing beside them is read.</summary>
    public void HashIpv6(ReadOnlySpan<nint> tuples, bool ordered, Span<uint> hashes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hashes.Length, tuples.Length);
        if (ToeplitzKernel.IsSupported) HashByGroups(tuples, v6: true, ordered, hashes);
        else HashIpv6ByTable(tuples, ordered, hashes);
    }

    /// <summary>For processors without GFNI.</summary>
    internal void HashIpv4ByTable(ReadOnlySpan<nint> tuples, bool ordered, Span<uint> hashes)
    {
        fixed (uint* table = _table)
        {
            for (int i = 0; i < tuples.Length; i++)
                hashes[i] = ToeplitzTable.HashIpv4(table, (byte*)tuples[i], ordered);
        }
    }

    /// <summary>For processors without GFNI.</summary>
    internal void HashIpv6ByTable(ReadOnlySpan<nint> tuples, bool ordered, Span<uint> hashes)
    {
        fixed (uint* table = _table)
        {
            for (int i = 0; i < tuples.Length; i++)
                hashes[i] = ToeplitzTable.HashIpv6(table, (byte*)tuples[i], ordered);
        }
    }

    private void HashByGroups(ReadOnlySpan<nint> tuples, bool v6, bool ordered, Span<uint> hashes)
    {
        int whole = tuples.Length & -ToeplitzKernel.GroupLength;
        if (whole > 0)
        {
            fixed (nint* first = tuples)
            fixed (uint* output = hashes)
                Hash(first, whole, v6, ordered, output);
        }

        if (whole < tuples.Length) HashRest(tuples[whole..], v6, ordered, hashes[whole..]);
    }

    /// <summary>A group that is not full is filled up with its last tuple.</summary>
    private void HashRest(ReadOnlySpan<nint> tuples, bool v6, bool ordered, Span<uint> hashes)
    {
        nint* group = stackalloc nint[ToeplitzKernel.GroupLength];
        uint* output = stackalloc uint[ToeplitzKernel.GroupLength];
        for (int i = 0; i < ToeplitzKernel.GroupLength; i++)
            group[i] = tuples[Math.Min(i, tuples.Length - 1)];
        Hash(group, ToeplitzKernel.GroupLength, v6, ordered, output);
        new ReadOnlySpan<uint>(output, tuples.Length).CopyTo(hashes);
    }

    private void Hash(nint* tuples, int count, bool v6, bool ordered, uint* hashes)
    {
        if (v6) ToeplitzKernel.HashIpv6(_matrices, tuples, count, ordered, hashes);
        else ToeplitzKernel.HashIpv4(_matrices, tuples, count, ordered, hashes);
    }
}
