using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>The datagram around a message of neighbour discovery, without extension headers.</summary>
internal static class NdpDatagram
{
    private const byte HopLimit = 255;                                  // RFC 4861 §7.1: no router forwarded it
    private const int ChecksumAt = 2;                                   // of the message

    /// <summary>Writes the header over all of <paramref name="datagram"/>; answers the message, to be filled.</summary>
    public static Span<byte> WriteHeader(Span<byte> datagram, Ipv6Address source, Ipv6Address destination) =>
        GeneratedDatagram.WriteIpv6Header(datagram, source, destination, IpProtocol.Icmpv6, HopLimit);

    /// <summary>When the message is written.</summary>
    /// <param name="datagram">All of it.</param>
    /// <param name="messageOffset">Where in it the message begins.</param>
    public static void WriteChecksum(Span<byte> datagram, int messageOffset = Ipv6View.HeaderLength)
    {
        Span<byte> checksum = datagram[(messageOffset + ChecksumAt)..];
        BinaryPrimitives.WriteUInt16BigEndian(checksum, 0);
        BinaryPrimitives.WriteUInt16BigEndian(checksum, InternetChecksum.Finish(Sum(datagram, messageOffset)));
    }

    /// <summary>Whether the checksum of the message is right that begins at an offset.</summary>
    public static bool IsRight(ReadOnlySpan<byte> datagram, int messageOffset) => InternetChecksum.IsValid(Sum(datagram, messageOffset));

    private static ulong Sum(ReadOnlySpan<byte> datagram, int messageOffset) =>
        InternetChecksum.Sum(datagram[messageOffset..])
            + InternetChecksum.Ipv6PseudoHeader(datagram[8..], IpProtocol.Icmpv6, datagram.Length - messageOffset);
}
