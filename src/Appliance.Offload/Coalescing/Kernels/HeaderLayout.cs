using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Appliance.Offload;

/// <summary>
/// Where things are in the first 64 bytes of a datagram without IP options: what of them is the same in every full segment of a train.
/// Sets of bytes have a bit for each.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct HeaderLayout
{
    public const int Ipv4Header = 20, Ipv6Header = 40;

    public ulong Same;                          // all but checksums, sequence number and IPv4 identification
    public ulong Tuple;                         // addresses and ports
    public ulong JoinsBy;                       // what is the same in every segment of a train, also in its last one; no flags
    public int IpBytes;                         // length of the IP header
    public int AddressesAt;
    public uint IdMask;                         // 0 where there is no identification

    public static void WriteIpv4(HeaderLayout* layout)
    {
        Write(layout, Ipv4Header, addressesAt: 12);
        layout->IdMask = ushort.MaxValue;
        layout->Same &= ~(Set(4, 2) | Set(10, 2));                          // identification, header checksum
        layout->JoinsBy = layout->Same & ~(Set(2, 2) | Set(Ipv4Header + 13, 1));
    }

    public static void WriteIpv6(HeaderLayout* layout)
    {
        Write(layout, Ipv6Header, addressesAt: 8);
        layout->JoinsBy = layout->Same & ~(Set(4, 2) | Set(Ipv6Header + 13, 1));
    }

    /// <summary>Which of 64 bytes differ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Differences(byte* first, byte* second) => Differences(first, Vector512.Load(second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Differences(byte* first, Vector512<byte> second) =>
        ~Vector512.Equals(Vector512.Load(first), second).ExtractMostSignificantBits();

    private static void Write(HeaderLayout* layout, int ipBytes, int addressesAt)
    {
        layout->IpBytes = ipBytes;
        layout->AddressesAt = addressesAt;
        layout->Tuple = Set(addressesAt, ipBytes + 4 - addressesAt);
        layout->Same = ~(Set(ipBytes + 4, 4) | Set(ipBytes + 16, 2));       // sequence number, checksum
    }

    /// <summary>The first <paramref name="count"/> of 64 bytes.</summary>
    public static ulong First(int count) => count < 64 ? (1UL << count) - 1 : ulong.MaxValue;

    private static ulong Set(int at, int count) => ((1UL << count) - 1) << at;
}
