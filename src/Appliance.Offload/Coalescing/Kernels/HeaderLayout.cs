using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Appliance.Offload;

/// <summary>
/// Where things are in the first 64 bytes of a datagram without IP options: what of them is the same in every full segment of a train.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = SizeBytes)]
internal unsafe struct HeaderLayout
{
    public const int SizeBytes = 128;
    public const int Bytes = 64;
    public const int Ipv4Header = 20, Ipv6Header = 40;

    public fixed byte Same[Bytes];              // all ones but for checksums, sequence number and IPv4 identification
    public ulong Tuple;                         // the bytes that are addresses and ports, a bit each
    public ulong JoinsBy;                       // the bytes that are the same in every segment of a train, a bit each; no flags
    public int IpBytes;                         // length of the IP header
    public uint IdMask;                         // 0 where there is no identification

    public static void WriteIpv4(HeaderLayout* layout)
    {
        Write(layout, Ipv4Header, addressesAt: 12);
        layout->IdMask = ushort.MaxValue;
        Except(layout, 4, 2);                                               // identification
        Except(layout, 10, 2);                                              // header checksum
        layout->JoinsBy &= ~(3UL << 2);                                     // total length
    }

    public static void WriteIpv6(HeaderLayout* layout)
    {
        Write(layout, Ipv6Header, addressesAt: 8);
        layout->JoinsBy &= ~(3UL << 4);                                     // payload length
    }

    /// <summary>The bytes at <paramref name="ip"/> with zeros for all that differs within a train.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Read(byte* ip, HeaderLayout* layout) => Vector512.Load(ip) & Vector512.Load(layout->Same);

    /// <summary>Which of the bytes at <paramref name="ip"/> differ from <paramref name="headers"/>, a bit each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compare(byte* ip, HeaderLayout* layout, byte* headers) =>
        ~Vector512.Equals(Read(ip, layout), Vector512.Load(headers)).ExtractMostSignificantBits();

    private static void Write(HeaderLayout* layout, int ipBytes, int addressesAt)
    {
        new Span<byte>(layout->Same, Bytes).Fill(byte.MaxValue);
        layout->IpBytes = ipBytes;
        layout->Tuple = (1UL << (ipBytes + 4)) - (1UL << addressesAt);
        layout->JoinsBy = ~(1UL << (ipBytes + 13));
        Except(layout, ipBytes + 4, 4);                                     // sequence number
        Except(layout, ipBytes + 16, 2);                                    // checksum
    }

    private static void Except(HeaderLayout* layout, int at, int count)
    {
        new Span<byte>(layout->Same + at, count).Clear();
        layout->JoinsBy &= ~(((1UL << count) - 1) << at);
    }
}
