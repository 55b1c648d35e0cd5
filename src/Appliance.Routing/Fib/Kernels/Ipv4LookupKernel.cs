using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Appliance.Engine;

namespace Appliance.Routing.Fib;

/// <summary>
/// Longest prefix match in the native tables of <see cref="Ipv4PrefixTable"/>, where their layout is drawn. The time goes into cache misses
/// on the direct table, so a block of addresses first loads all of its direct entries, in few instructions, to have as many misses under
/// way as the processor can. A lane that has to be followed into a group would hold up the retirement of all after it: its group is asked
/// for at once, which does not wait, and read only at the end of the block.
/// </summary>
internal readonly unsafe struct Ipv4LookupKernel(NativeArray<ushort> direct, NativeArray<ushort> coarse, NativeArray<ushort> groups)
{
    private const int BlockSize = 64;                                 // one bit each in a ulong
    private const int Lanes = 8;
    private readonly ushort* _direct = direct.Pointer;
    private readonly ushort* _coarse = coarse.Pointer;
    private readonly ushort* _groups = groups.Pointer;

    /// <summary>The entry of the /24 that the address lies in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ushort DirectEntry(uint address) => Volatile.Read(ref _direct[(nuint)(address >> 8)]);

    /// <summary>Follows a direct entry that is no route to the value for the address, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Follow(uint address, uint entry)
    {
        if (entry != Ipv4Entry.None) entry = Volatile.Read(ref _groups[Ipv4Entry.GroupStart(entry) | (byte)address]);
        if (entry == Ipv4Entry.None) entry = Volatile.Read(ref _coarse[address >> 24]);
        return entry == Ipv4Entry.None ? -1 : Ipv4Entry.Value(entry);
    }

    /// <summary>
    /// Looks up as many addresses as there are values. True when every answer came from a single load, and so needs no second look.
    /// </summary>
    public bool Lookup(ReadOnlySpan<uint> addresses, Span<int> values)
    {
        ulong followed = 0;
        fixed (uint* firstAddress = &MemoryMarshal.GetReference(addresses))
        fixed (int* firstValue = &MemoryMarshal.GetReference(values))
        {
            int i = 0;
            for (; i <= values.Length - BlockSize; i += BlockSize)
                followed |= LookupBlock(firstAddress + i, firstValue + i);
            if (i < values.Length)
                followed |= LookupRest(firstAddress + i, firstValue + i, values.Length - i);
        }

        return followed == 0;
    }

    private ulong LookupBlock(uint* addresses, int* values)
    {
        ushort* table = _direct;                                      // in a register: a store of values might alias the field
        ulong routes = 0;
        uint* address = addresses;
        int* value = values;
        for (int i = 0; i < BlockSize; i += Lanes, address += Lanes, value += Lanes)
        {
            Vector128<ushort> entries = LoadEight(table, address);
            Vector128<ushort> stripped = entries & Vector128.Create((ushort)Ipv4Entry.MaximumValue);
            Vector256.WidenLower(stripped.ToVector256Unsafe()).AsInt32().Store(value);
            uint mask = entries.ExtractMostSignificantBits();
            PrefetchGroups(address, value, mask ^ ((1u << Lanes) - 1));
            routes = (routes >> Lanes) | ((ulong)mask << (BlockSize - Lanes));
        }

        for (ulong rest = ~routes; rest != 0; rest &= rest - 1)
        {
            int i = BitOperations.TrailingZeroCount(rest);
            values[i] = Follow(addresses[i], (uint)values[i]);        // what is no route was stored as it is
        }

        return ~routes;
    }

    /// <summary>
    /// Asks for what the lanes of a mask will follow. By the end of the block most of it has come, and the processor has not waited.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PrefetchGroups(uint* addresses, int* entries, uint lanes)
    {
        if (!Sse.IsSupported) return;
        for (; lanes != 0; lanes &= lanes - 1)
        {
            int i = BitOperations.TrailingZeroCount(lanes);
            Sse.Prefetch0(_groups + (Ipv4Entry.GroupStart((uint)entries[i]) | (byte)addresses[i]));
        }
    }

    /// <summary>Fewer than a block. Kept out of line: whole blocks are what the data path has.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong LookupRest(uint* addresses, int* values, int count)
    {
        ulong followed = 0;
        for (int i = 0; i < count; i++)
        {
            ushort entry = DirectEntry(addresses[i]);
            values[i] = Ipv4Entry.IsRoute(entry) ? Ipv4Entry.Value(entry) : Follow(addresses[i], entry);
            followed |= Ipv4Entry.IsRoute(entry) ? 0u : 1u;
        }

        return followed;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> LoadEight(ushort* table, uint* address) =>
        Vector128.CreateScalarUnsafe(table[(nuint)(address[0] >> 8)])
            .WithElement(1, table[(nuint)(address[1] >> 8)])
            .WithElement(2, table[(nuint)(address[2] >> 8)])
            .WithElement(3, table[(nuint)(address[3] >> 8)])
            .WithElement(4, table[(nuint)(address[4] >> 8)])
            .WithElement(5, table[(nuint)(address[5] >> 8)])
            .WithElement(6, table[(nuint)(address[6] >> 8)])
            .WithElement(7, table[(nuint)(address[7] >> 8)]);
}
