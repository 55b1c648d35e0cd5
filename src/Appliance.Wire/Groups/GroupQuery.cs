using System.Buffers.Binary;
using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;

namespace Appliance.Wire.Groups;

/// <summary>
/// Who listens to what? A router or a switch asks (RFC 9776 §4.1, RFC 9777 §5.1; older versions by their length). Sources are not read:
/// whoever listens to all of a group answers alike.
/// </summary>
/// <param name="Version">1 to 3 of IGMP, 1 or 2 of MLD.</param>
/// <param name="Group">The unspecified address: all groups.</param>
/// <param name="MaxResponseMilliseconds">Answers are to be spread over so long.</param>
public readonly record struct GroupQuery(int Version, IpAddress Group, int MaxResponseMilliseconds)
{
    private const int ShortIgmp = 8, LongIgmp = 12, ShortMld = 24, LongMld = 28;        // bytes
    private const int Version1Milliseconds = 10_000;                    // RFC 9776 §4.1.1: that version has no field for it

    /// <summary>False when it is another message, or none.</summary>
    public static bool TryParseIgmp(ReadOnlySpan<byte> message, out GroupQuery query)
    {
        query = default;
        if (message.Length < ShortIgmp || message[0] != (byte)IgmpType.MembershipQuery) return false;
        if (message.Length is > ShortIgmp and < LongIgmp) return false;                 // RFC 9776 §7.1
        byte code = message[1];
        Ipv4Address group = Ipv4Address.Read(message[4..]);
        query = (message.Length, code) switch
        {
            (ShortIgmp, 0) => new GroupQuery(1, group, Version1Milliseconds),
            (ShortIgmp, _) => new GroupQuery(2, group, code * 100),
            _ => new GroupQuery(3, group, Long(code, mantissaBits: 4) * 100),
        };
        return true;
    }

    /// <summary>False likewise.</summary>
    public static bool TryParseMld(ReadOnlySpan<byte> message, out GroupQuery query)
    {
        query = default;
        if (message.Length < ShortMld || message[0] != (byte)Icmpv6Type.MulticastListenerQuery) return false;
        if (message.Length is > ShortMld and < LongMld) return false;                   // RFC 9777 §8.1
        int code = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        Ipv6Address group = Ipv6Address.Read(message[8..]);
        query = message.Length == ShortMld
            ? new GroupQuery(1, group, code)
            : new GroupQuery(2, group, Long(code, mantissaBits: 12));
        return true;
    }

    /// <summary>RFC 9776 §4.1.1, RFC 9777 §5.1.3: from half of the range on an exponent, and a mantissa without its first bit.</summary>
    private static int Long(int code, int mantissaBits)
    {
        if (code < 1 << (mantissaBits + 3)) return code;
        int mantissa = code & ((1 << mantissaBits) - 1), exponent = (code >> mantissaBits) & 7;
        return (mantissa | (1 << mantissaBits)) << (exponent + 3);
    }
}
