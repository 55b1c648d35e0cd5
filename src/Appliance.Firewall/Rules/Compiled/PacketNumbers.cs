using System.Runtime.CompilerServices;

namespace Appliance.Firewall;

/// <summary>
/// A number for each <see cref="Dimension"/>, of a packet or masks for it: two addresses in a word, the four others (16, 8, 17 and 17
/// bits wide) in another.
/// </summary>
internal readonly struct PacketNumbers(ulong addresses, ulong others)
{
    private const int ProtocolAt = 16, SourcePortAt = 24, DestinationPortAt = 41;
    private const ulong PortBits = (1 << 17) - 1;

    // Odd, from the digits of the golden ratio and of pi: each word is spread over the upper bits of the sum.
    private const ulong SpreadAddresses = 0x9e37_79b9_7f4a_7c15, SpreadOthers = 0xc90f_daa2_2168_c235;

    public PacketNumbers(in SixNumbers numbers)
        : this(numbers[Dimension.Source] | ((ulong)numbers[Dimension.Destination] << 32), Pack(numbers))
    {
    }

    public ulong Addresses { get; } = addresses;
    public ulong Others { get; } = others;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Pack(uint port, uint protocol, uint sourcePort, uint destinationPort) =>
        port | ((ulong)protocol << ProtocolAt) | ((ulong)sourcePort << SourcePortAt) | ((ulong)destinationPort << DestinationPortAt);

    /// <summary>The bucket of what is left under the mask, of 2^(64 − <paramref name="shift"/>); shift is 34 to 63.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int BucketOf(in PacketNumbers mask, int shift) =>
        (int)((((Addresses & mask.Addresses) * SpreadAddresses) + ((Others & mask.Others) * SpreadOthers)) >> shift);

    private static ulong Pack(in SixNumbers numbers) => Pack(
        numbers[Dimension.Interface] & ushort.MaxValue,
        numbers[Dimension.Protocol] & byte.MaxValue,
        numbers[Dimension.SourcePort] & (uint)PortBits,
        numbers[Dimension.DestinationPort] & (uint)PortBits);
}
