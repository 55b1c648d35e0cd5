using System.Buffers.Binary;
using Appliance.Wire.Checksums;
using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;

namespace Appliance.Wire.Groups;

/// <summary>By which a station says what it listens to. Checksums of MLD are zero, to be completed over the pseudo header.</summary>
public static class GroupReport
{
    private const int HeaderLength = 8, OldIgmpLength = 8, OldMldLength = 24, RecordHeader = 4;

    /// <summary>Bytes of a report with so many records.</summary>
    public static int LengthOf(bool isV6, int records) => HeaderLength + (records * (RecordHeader + AddressLength(isV6)));

    /// <summary>Bytes of a message of older versions, which names one group.</summary>
    public static int OldLengthOf(bool isV6) => isV6 ? OldMldLength : OldIgmpLength;

    /// <summary>Writes a report (RFC 9776 §4.2, RFC 9777 §5.2), for which there must be room; all records are of that family.</summary>
    public static void Write(Span<byte> message, bool isV6, ReadOnlySpan<GroupRecord> records)
    {
        message = Begin(message, LengthOf(isV6, records.Length));
        message[0] = isV6 ? (byte)Icmpv6Type.MulticastListenerReportVersion2 : (byte)IgmpType.ReportVersion3;
        BinaryPrimitives.WriteUInt16BigEndian(message[6..], (ushort)records.Length);
        Span<byte> rest = message[HeaderLength..];
        foreach (GroupRecord record in records)
        {
            rest[0] = (byte)record.Type;
            WriteAddress(rest[RecordHeader..], record.Group);
            rest = rest[(RecordHeader + AddressLength(isV6))..];
        }

        if (!isV6) Finish(message);
    }

    /// <summary>Writes what older versions understand (RFC 2236 §2, RFC 2710 §3): that a group is listened to, or no more.</summary>
    public static void WriteOld(Span<byte> message, IpAddress group, bool isLeft)
    {
        message = Begin(message, OldLengthOf(group.IsV6));
        if (group.IsV6)
        {
            message[0] = (byte)(isLeft ? Icmpv6Type.MulticastListenerDone : Icmpv6Type.MulticastListenerReport);
            WriteAddress(message[8..], group);
            return;
        }

        message[0] = (byte)(isLeft ? IgmpType.LeaveGroup : IgmpType.ReportVersion2);
        WriteAddress(message[4..], group);
        Finish(message);
    }

    private static Span<byte> Begin(Span<byte> message, int length)
    {
        DestinationTooShort.ThrowIf(message, length);
        message[..length].Clear();
        return message[..length];
    }

    private static void Finish(Span<byte> message) =>
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], InternetChecksum.Finish(InternetChecksum.Sum(message)));

    private static int AddressLength(bool isV6) => isV6 ? Ipv6Address.Length : Ipv4Address.Length;

    private static void WriteAddress(Span<byte> bytes, IpAddress address)
    {
        if (address.IsV6) address.V6.WriteTo(bytes);
        else address.V4.WriteTo(bytes);
    }
}
