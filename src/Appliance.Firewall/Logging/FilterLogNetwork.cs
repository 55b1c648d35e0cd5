using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Appliance.Firewall.Language;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// The IP header's fields of a filterlog line; the number and the name of the protocol change places between the families.
/// </summary>
internal static class FilterLogNetwork
{
    private const int DontFragment = 0x4000, MoreFragments = 0x2000, Reserved = 0x8000, OffsetMask = 0x1fff;

    public static void AppendIpv4(StringBuilder line, LogEntry entry)
    {
        ReadOnlySpan<byte> ip = entry.Datagram.Span;
        int fragment = BinaryPrimitives.ReadUInt16BigEndian(ip[6..]);
        string ecn = (ip[1] & 3) switch { 1 => "1", 2 => "0", 3 => "CE", _ => "" };
        string flags = (fragment & ~OffsetMask) switch
        {
            MoreFragments => "+", DontFragment => "DF", Reserved => "rsvd", _ => "none",
        };
        line.Append(CultureInfo.InvariantCulture, $"4,0x{ip[1]:x},{ecn},{ip[8]},{BinaryPrimitives.ReadUInt16BigEndian(ip[4..])},");
        line.Append(CultureInfo.InvariantCulture, $"{(fragment & OffsetMask) * 8},{flags},{ip[9]},{NameOf((IpProtocol)ip[9])},");
        line.Append(CultureInfo.InvariantCulture, $"{BinaryPrimitives.ReadUInt16BigEndian(ip[2..])},");
        line.Append(CultureInfo.InvariantCulture, $"{Ipv4Address.Read(ip[12..])},{Ipv4Address.Read(ip[16..])},");
        if ((fragment & OffsetMask) == 0) FilterLogTransport.Append(line, entry, hopLimit: ip[8]);
    }

    public static void AppendIpv6(StringBuilder line, LogEntry entry)
    {
        ReadOnlySpan<byte> ip = entry.Datagram.Span;
        uint first = BinaryPrimitives.ReadUInt32BigEndian(ip);
        line.Append(CultureInfo.InvariantCulture, $"6,0x{(first >> 20) & 0xff:x2},0x{first & 0xf_ffff:x5},{ip[7]},");
        line.Append(CultureInfo.InvariantCulture, $"{NameOf(entry.Protocol)},{(byte)entry.Protocol},");
        line.Append(CultureInfo.InvariantCulture, $"{BinaryPrimitives.ReadUInt16BigEndian(ip[4..])},");
        line.Append(CultureInfo.InvariantCulture, $"{Ipv6Address.Read(ip[8..])},{Ipv6Address.Read(ip[24..])},");
        FilterLogTransport.Append(line, entry, hopLimit: ip[7]);
    }

    private static string NameOf(IpProtocol protocol)
    {
        string name = ProtocolNames.NameOf(protocol);
        return char.IsAsciiDigit(name[0]) && byte.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out byte number)
            ? string.Create(CultureInfo.InvariantCulture, $"unknown({number})")
            : name;
    }
}
