using Appliance.Wire.Transport;

namespace Appliance.Firewall;

/// <summary>
/// <c>flags SET/MASK</c>: of the flags in <paramref name="Mask"/> exactly those in <paramref name="Set"/>, as they stand in the header's
/// flags octet. Asked of TCP only; the default, no mask, is any.
/// </summary>
public readonly record struct TcpFlagsMatch(byte Set, byte Mask)
{
    /// <summary>FreeBSD's default for rules that keep state: <c>S/SA</c>.</summary>
    public static readonly TcpFlagsMatch SynOfSynAck = new((byte)TcpFlags.Syn, (byte)(TcpFlags.Syn | TcpFlags.Ack));

    public bool IsAny => Mask == 0;
}
