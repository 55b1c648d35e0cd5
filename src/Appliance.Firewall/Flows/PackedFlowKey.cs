using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// A key as the hash index holds and compares it, 16 bytes. An IPv4 key fits whole, so equal means equal. Of an IPv6 key 104 bits of its
/// keyed digest stand in, so equal means almost certainly equal, and the key in the record decides.
/// <code>
///     byte    0        4       8        10      12        13      14
///     IPv4   | outside | inside | o.port | i.port | protocol |   4   | port |
///     IPv6   | digest                                        |   6   | port |
/// </code>
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = SizeBytes)]
public readonly record struct PackedFlowKey
{
    public const int SizeBytes = 16;

    private const int ProtocolShift = 32, FamilyShift = 40, PortShift = 48;     // in the high half
    private const ulong DigestMask = (1UL << FamilyShift) - 1;

    private readonly ulong _low;
    private readonly ulong _high;

    private PackedFlowKey(ulong low, ulong high) => (_low, _high) = (low, high);

    internal ulong Low => _low;

    internal ulong High => _high;

    /// <param name="port">The logical port that the frame passes, or <see cref="FlowKey.AnyPort"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedFlowKey OfIpv4(
        IpProtocol protocol, uint outside, ushort outsidePort, uint inside, ushort insidePort, ushort port = FlowKey.AnyPort) =>
        new(
            outside | ((ulong)inside << 32),
            outsidePort | ((ulong)insidePort << 16) | ((ulong)(byte)protocol << ProtocolShift) | (4UL << FamilyShift)
                | ((ulong)port << PortShift));

    internal static PackedFlowKey OfDigest(ulong low, ulong high, ushort port) =>
        new(low, (high & DigestMask) | (6UL << FamilyShift) | ((ulong)port << PortShift));
}
