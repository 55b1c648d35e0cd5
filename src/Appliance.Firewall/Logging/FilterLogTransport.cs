using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Appliance.Firewall.Language;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// What a filterlog line says behind the addresses:
/// <code>
///     UDP     source port, destination port, length
///     TCP     source port, destination port, payload, flags, sequence, acknowledgment, window, urgent, options
///     ICMP    datalength=N, type, code, id, sequence, mtu
///     CARP    type, hop limit, vhid, version, advskew, advbase
///     else    datalength=N
/// </code>
/// What the packet is too short for is left out.
/// </summary>
internal static class FilterLogTransport
{
    public static void Append(StringBuilder line, LogEntry entry, byte hopLimit)
    {
        ReadOnlySpan<byte> bytes = entry.Transport;
        switch (entry.Protocol)
        {
            case IpProtocol.Tcp when bytes.Length >= 20:
                FilterLogTcp.Append(line, bytes, entry.TransportLength);
                break;
            case IpProtocol.Udp when bytes.Length >= 8:
                line.Append(CultureInfo.InvariantCulture, $"{Word(bytes, 0)},{Word(bytes, 2)},{Word(bytes, 4)}");
                break;
            case IpProtocol.Icmp when !entry.IsV6 && !entry.IsLaterFragment:
            case IpProtocol.Icmpv6 when entry.IsV6 && !entry.IsLaterFragment:
                AppendIcmp(line, bytes, entry.TransportLength, entry.IsV6);
                break;
            case IpProtocol.Carp when bytes.Length >= 6:
                string type = (bytes[0] & 15) == 1 ? "advertise" : "unkwn";
                line.Append(CultureInfo.InvariantCulture, $"{type},{hopLimit},{bytes[1]},{bytes[0] >> 4},{bytes[2]},{bytes[5]}");
                break;
            default:
                line.Append(CultureInfo.InvariantCulture, $"datalength={entry.TransportLength}");
                break;
        }
    }

    /// <summary>Six fields, whatever the type: those that it does not have are empty.</summary>
    private static void AppendIcmp(StringBuilder line, ReadOnlySpan<byte> message, int length, bool isV6)
    {
        line.Append(CultureInfo.InvariantCulture, $"datalength={length},");
        if (message.Length < 2)
        {
            line.Append(CultureInfo.InvariantCulture, $"truncated-icmp={message.Length},,,,");
            return;
        }

        (byte type, byte code) = (message[0], message[1]);
        string typeName = IcmpNames.TypeName(type, isV6) ?? string.Create(CultureInfo.InvariantCulture, $"unknown({type})");
        string codeName = IcmpNames.CodeName(type, code, isV6) ?? code.ToString(CultureInfo.InvariantCulture);
        line.Append(CultureInfo.InvariantCulture, $"{typeName},{codeName},");
        bool isWhole = message.Length >= 8;
        if (isWhole && HasIdentifier(type, isV6))
            line.Append(CultureInfo.InvariantCulture, $"{Word(message, 4)},{Word(message, 6)},");
        else line.Append(",,");
        if (isWhole && isV6 && type == 2)                                   // packet too big
            line.Append(CultureInfo.InvariantCulture, $"{BinaryPrimitives.ReadUInt32BigEndian(message[4..])}");
        else if (isWhole && !isV6 && (type, code) == (3, 4))                // fragmentation needed
            line.Append(CultureInfo.InvariantCulture, $"{Word(message, 6)}");
    }

    /// <summary>Echo, timestamp, information and mask, asked and answered.</summary>
    private static bool HasIdentifier(byte type, bool isV6) => isV6 ? type is 128 or 129 : type is 0 or 8 or (>= 13 and <= 18);

    private static ushort Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..]);
}
