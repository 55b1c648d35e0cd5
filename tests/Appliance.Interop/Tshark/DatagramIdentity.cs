using System.Buffers.Binary;

namespace Appliance.Interop;

/// <summary>
/// What forwarding leaves of an Ethernet frame: its IP datagram but for the hop limit and the IPv4 header checksum. Read from the bytes,
/// not by the code under test.
/// </summary>
internal static class DatagramIdentity
{
    /// <summary>The datagram as hexadecimal digits, or null when it is no IP that could be forwarded.</summary>
    public static string? Of(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> rest = Datagram(frame, out int type);
        if (type == 0x0800 && rest.Length >= 20)
        {
            byte[] datagram = rest[..Math.Min(rest.Length, BinaryPrimitives.ReadUInt16BigEndian(rest[2..]))].ToArray();
            if (datagram.Length < 20) return null;
            (datagram[8], datagram[10], datagram[11]) = (0, 0, 0);
            return Convert.ToHexStringLower(datagram);
        }

        if (type != 0x86dd || rest.Length < 40) return null;
        byte[] six = rest[..Math.Min(rest.Length, 40 + BinaryPrimitives.ReadUInt16BigEndian(rest[4..]))].ToArray();
        six[7] = 0;
        return Convert.ToHexStringLower(six);
    }

    /// <summary>What the fragments of one IPv4 datagram share, or null.</summary>
    public static string? OfWhole(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> rest = Datagram(frame, out int type);
        if (type != 0x0800 || rest.Length < 20) return null;
        return Convert.ToHexStringLower([.. rest[4..6], rest[9], .. rest[12..20]]);
    }

    /// <summary>ARP, ICMP or ICMPv6 without extension headers: all that a router makes itself.</summary>
    public static bool MayBeOurs(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> rest = Datagram(frame, out int type);
        return type == 0x0806 || (type == 0x0800 && rest.Length > 9 && rest[9] == 1)
            || (type == 0x86dd && rest.Length > 6 && rest[6] == 58);
    }

    private static ReadOnlySpan<byte> Datagram(ReadOnlySpan<byte> frame, out int type)
    {
        type = 0;
        if (frame.Length < 14) return [];
        type = BinaryPrimitives.ReadUInt16BigEndian(frame[12..]);
        ReadOnlySpan<byte> rest = frame[14..];
        while (type is 0x8100 or 0x88a8 && rest.Length >= 4)
        {
            type = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            rest = rest[4..];
        }

        return rest;
    }
}
