using System.Runtime.CompilerServices;

namespace Appliance.Routing.Fib;

/// <summary>Longest prefix match in the two native tables of <see cref="Ipv4PrefixTable"/>, where their layout is drawn.</summary>
internal readonly unsafe struct Ipv4LookupKernel(NativeArray<ushort> direct, NativeArray<ushort> groups)
{
    private const int Unroll = 8;
    private readonly ushort* _direct = direct.Pointer;
    private readonly ushort* _groups = groups.Pointer;

    /// <summary>The entry of the /24 that <paramref name="address"/> lies in: a route, a group, or zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ushort LoadDirect(uint address) => Volatile.Read(ref _direct[address >> 8]);

    /// <summary>Follows an entry that is no route to the route of <paramref name="address"/>, or -1.</summary>
    public int Resolve(uint address, int entry)
    {
        if (entry != 0) entry = Volatile.Read(ref _groups[((uint)entry << 8) | (byte)address]);
        if (entry == 0) entry = Volatile.Read(ref _groups[address >> 24]);
        return entry == 0 ? -1 : entry & Ipv4PrefixTable.MaximumValue;
    }

    public bool Lookup(ReadOnlySpan<uint> addresses, Span<int> values)
    {
        bool all = true;
        fixed (uint* first = addresses)
        fixed (int* results = values)
        {
            int i = 0;
            for (; i <= addresses.Length - Unroll; i += Unroll)
                all &= LookupEight(first + i, results + i);
            for (; i < addresses.Length; i++)
            {
                int e = _direct[first[i] >> 8];
                results[i] = e & 0x7fff;
                if (e < 0x8000)
                {
                    results[i] = Resolve(first[i], e);
                    all = false;
                }
            }
        }

        return all;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool LookupEight(uint* a, int* r)
    {
        ushort* d = _direct;
        uint e0 = d[a[0] >> 8], e1 = d[a[1] >> 8], e2 = d[a[2] >> 8], e3 = d[a[3] >> 8];
        uint e4 = d[a[4] >> 8], e5 = d[a[5] >> 8], e6 = d[a[6] >> 8], e7 = d[a[7] >> 8];
        r[0] = (int)e0 & 0x7fff;
        r[1] = (int)e1 & 0x7fff;
        r[2] = (int)e2 & 0x7fff;
        r[3] = (int)e3 & 0x7fff;
        r[4] = (int)e4 & 0x7fff;
        r[5] = (int)e5 & 0x7fff;
        r[6] = (int)e6 & 0x7fff;
        r[7] = (int)e7 & 0x7fff;
        if ((e0 & e1 & e2 & e3 & e4 & e5 & e6 & e7) >= 0x8000) return true;
        for (int i = 0; i < 8; i++)
        {
            uint e = d[a[i] >> 8];
            if (e < 0x8000) r[i] = Resolve(a[i], (int)e);
        }

        return false;
    }
}
