namespace Appliance.Benchmarks.Routes;

/// <summary>
/// IPv6 routes with about the lengths of the global table of 2025: 47 % /48, 12 % /32, and little beyond /48. They crowd in the blocks
/// that the registries give out: each network is drawn within one of a few thousand /32s, these within the registries' own blocks. The
/// same seed, the same routes.
/// </summary>
internal sealed class Ipv6RouteSet
{
    private const int Holders = 24_000;

    // Shares of 1000; the lengths of one line share theirs evenly.
    private static readonly (int First, int Last, int Share)[] LengthShares =
    [
        (48, 48, 470), (32, 32, 120), (44, 44, 100), (40, 40, 90), (36, 36, 60), (29, 29, 40), (33, 47, 80), (20, 31, 20), (49, 63, 8),
        (64, 64, 10), (128, 128, 2),
    ];

    // IANA IPv6 Global Unicast Address Assignments: 2001::/16, 2400::/12, 2600::/12, 2800::/12, 2a00::/12, 2c00::/12.
    private static readonly (uint Upper, int Length)[] RegistryBlocks =
        [(0x2001_0000, 16), (0x2400_0000, 12), (0x2600_0000, 12), (0x2800_0000, 12), (0x2a00_0000, 12), (0x2c00_0000, 12)];

    private Ipv6RouteSet(UInt128[] networks, byte[] lengths, int[] values) => (Networks, Lengths, Values) = (networks, lengths, values);

    public UInt128[] Networks { get; }
    public byte[] Lengths { get; }
    public int[] Values { get; }
    public int Count => Networks.Length;

    public static Ipv6RouteSet Create(int count, int seed, int maximumValue)
    {
        var random = new Random(seed);
        uint[] holders = [.. Enumerable.Range(0, Holders).Select(_ => DrawHolder(random))];
        var seen = new HashSet<(UInt128, byte)>();
        var networks = new UInt128[count];
        var lengths = new byte[count];
        var values = new int[count];
        for (int i = 0; i < count;)
        {
            byte length = DrawLength(random);
            // Networks within a holder's block are given out from its start, so their upper bits are mostly zero.
            UInt128 within = (DrawBits(random) & (UInt128.MaxValue >> 32)) >> random.Next(8);
            UInt128 network = (((UInt128)holders[random.Next(Holders)] << 96) | within) & ~HostMask(length);
            if (!seen.Add((network, length))) continue;
            (networks[i], lengths[i], values[i]) = (network, length, random.Next(maximumValue + 1));
            i++;
        }

        return new Ipv6RouteSet(networks, lengths, values);
    }

    /// <summary>Addresses within routes drawn evenly.</summary>
    public UInt128[] DrawAddresses(int count, int seed)
    {
        var random = new Random(seed);
        var addresses = new UInt128[count];
        for (int i = 0; i < count; i++)
        {
            int route = random.Next(Count);
            addresses[i] = Networks[route] | (DrawBits(random) & HostMask(Lengths[route]));
        }

        return addresses;
    }

    private static UInt128 HostMask(int length) => length == 128 ? 0 : UInt128.MaxValue >> length;

    private static UInt128 DrawBits(Random random) =>
        new((ulong)random.NextInt64(long.MinValue, long.MaxValue), (ulong)random.NextInt64(long.MinValue, long.MaxValue));

    private static uint DrawHolder(Random random)
    {
        (uint upper, int length) = RegistryBlocks[random.Next(RegistryBlocks.Length)];
        return upper | ((uint)random.NextInt64(1L << 32) & (uint.MaxValue >> length));
    }

    private static byte DrawLength(Random random)
    {
        int draw = random.Next(1000);
        foreach ((int first, int last, int share) in LengthShares)
        {
            if (draw < share) return (byte)random.Next(first, last + 1);
            draw -= share;
        }

        return 48;
    }
}
