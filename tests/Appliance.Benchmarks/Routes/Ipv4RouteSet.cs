namespace Appliance.Benchmarks.Routes;

/// <summary>
/// IPv4 routes with about the lengths of the global table of 2025 and a few longer ones, as an edge router has for its customers: 59 %
/// /24, 98 % from /16 to /24, 2 % longer. Half of the networks follow their predecessor directly, as announcements of one network do. The
/// same seed, the same routes.
/// </summary>
internal sealed class Ipv4RouteSet
{
    // Shares of 1000; the lengths 8 to 15 and 25 to 32 share theirs evenly.
    private static readonly (int First, int Last, int Share)[] LengthShares =
    [
        (24, 24, 590), (23, 23, 100), (22, 22, 110), (21, 21, 50), (20, 20, 45), (19, 19, 28), (18, 18, 16), (17, 17, 11), (16, 16, 15),
        (8, 15, 15), (25, 32, 20),
    ];

    private Ipv4RouteSet(uint[] networks, byte[] lengths, int[] values) => (Networks, Lengths, Values) = (networks, lengths, values);

    public uint[] Networks { get; }
    public byte[] Lengths { get; }
    public int[] Values { get; }
    public int Count => Networks.Length;

    public static Ipv4RouteSet Create(int count, int seed, int maximumValue)
    {
        var random = new Random(seed);
        var seen = new HashSet<(uint, byte)>();
        var networks = new uint[count];
        var lengths = new byte[count];
        var values = new int[count];
        uint previousEnd = 0x0100_0000;
        for (int i = 0; i < count;)
        {
            byte length = DrawLength(random);
            uint start = random.Next(2) == 0 ? previousEnd : (uint)random.NextInt64(0x0100_0000, 0xe000_0000);
            uint network = start & (uint.MaxValue << (32 - length));
            if (network is < 0x0100_0000 or >= 0xe000_0000 || !seen.Add((network, length))) network = 0;
            previousEnd = network == 0 ? (uint)random.NextInt64(0x0100_0000, 0xe000_0000) : network + (1u << (32 - length));
            if (network == 0) continue;
            (networks[i], lengths[i], values[i]) = (network, length, random.Next(maximumValue + 1));
            i++;
        }

        return new Ipv4RouteSet(networks, lengths, values);
    }

    /// <summary>Addresses within routes drawn evenly: a stream to random destinations, most of them under a /24.</summary>
    public uint[] DrawAddresses(int count, int seed)
    {
        var random = new Random(seed);
        var addresses = new uint[count];
        for (int i = 0; i < count; i++)
        {
            int route = random.Next(Count);
            uint hostMask = Lengths[route] == 32 ? 0 : uint.MaxValue >> Lengths[route];
            addresses[i] = Networks[route] | ((uint)random.NextInt64(1L << 32) & hostMask);
        }

        return addresses;
    }

    private static byte DrawLength(Random random)
    {
        int draw = random.Next(1000);
        foreach ((int first, int last, int share) in LengthShares)
        {
            if (draw < share) return (byte)random.Next(first, last + 1);
            draw -= share;
        }

        return 24;
    }
}
