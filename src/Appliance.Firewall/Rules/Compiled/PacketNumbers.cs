using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Appliance.Firewall;

/// <summary>
/// A number for each <see cref="Dimension"/>, of a packet, of a corner of a box, or masks for them: the two
/// addresses in a word, the four others in another, 16 bits each.
/// </summary>
internal readonly struct PacketNumbers(ulong addresses, ulong others)
{
    private const int SourcePortAt = 16, DestinationPortAt = 32, ProtocolAt = 48;

    // Odd, from the digits of the golden ratio and of pi: each word is spread over the upper bits of the sum.
    private const ulong SpreadAddresses = 0x9e37_79b9_7f4a_7c15, SpreadOthers = 0xc90f_daa2_2168_c235;

    public PacketNumbers(in SixNumbers numbers)
        : this(numbers[Dimension.Source] | ((ulong)numbers[Dimension.Destination] << 32), Pack(numbers))
    {
    }

    public ulong Addresses { get; } = addresses;
    public ulong Others { get; } = others;

    /// <param name="port">The port where the packet is judged.</param>
    /// <param name="source">Its port, or the ICMP code; 0 where there is none.</param>
    /// <param name="destination">Its port, or the ICMP type; 0 where there is none.</param>
    /// <param name="protocol">As <see cref="Dimension.Protocol"/> counts.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Pack(uint port, uint source, uint destination, uint protocol) =>
        port | ((ulong)source << SourcePortAt) | ((ulong)destination << DestinationPortAt) | ((ulong)protocol << ProtocolAt);

    /// <summary>The bucket, of so many, of what is left under a mask.</summary>
    public int BucketOf(in PacketNumbers mask, int buckets) => (int)BucketsOf(
        Vector256.Create(Addresses), Vector256.Create(Others), Vector256.Create(mask.Addresses), Vector256.Create(mask.Others),
        Vector256.Create((ulong)(uint)buckets)).ToScalar();

    /// <summary>
    /// The same in four tables at once. The upper half of a product is spread best; it is scaled to the number of buckets.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> BucketsOf(
        Vector256<ulong> addresses, Vector256<ulong> others, Vector256<ulong> addressMasks, Vector256<ulong> otherMasks,
        Vector256<ulong> buckets)
    {
        Vector256<ulong> hash = ((addresses & addressMasks) * Vector256.Create(SpreadAddresses))
            + ((others & otherMasks) * Vector256.Create(SpreadOthers));
        return ((hash >> 32) * buckets) >> 32;
    }

    private static ulong Pack(in SixNumbers numbers) => Pack(
        numbers[Dimension.Interface] & ushort.MaxValue, numbers[Dimension.SourcePort] & ushort.MaxValue,
        numbers[Dimension.DestinationPort] & ushort.MaxValue, numbers[Dimension.Protocol] & ushort.MaxValue);
}
