using System.Buffers.Binary;

namespace Appliance.Testing;

/// <summary>
/// The cutter of a port that segments by itself, written from the rules of TCP and UDP segmentation offload with nothing of the product:
/// each segment is the whole frame's headers and its share of the payload, then every field that differs is set, then both checksums.
/// </summary>
public static class PlainCutter
{
    private const byte Fin = 0x01, Psh = 0x08, Cwr = 0x80;

    /// <param name="large">Headers with the lengths of the whole; whatever stands in the transport checksum, but a UDP zero, is
    /// replaced.</param>
    /// <param name="size">Payload bytes of each segment but the last.</param>
    /// <param name="isIdentificationFixed">All segments have the IPv4 identification of the whole, instead of one more each.</param>
    public static IReadOnlyList<byte[]> Cut(byte[] large, int size, bool isIdentificationFixed = false)
    {
        PlainHeaders headers = PlainHeaders.Of(large);
        byte[][] payloads = [.. large[headers.Payload..].Chunk(size)];
        bool hasChecksum = headers.IsTcp || large[headers.ChecksumAt] != 0 || large[headers.ChecksumAt + 1] != 0;
        var segments = new List<byte[]>();
        for (int i = 0; i < payloads.Length; i++)
        {
            byte[] segment = [.. large[..headers.Payload], .. payloads[i]];
            SetNetwork(segment, headers, isIdentificationFixed ? 0 : i);
            if (headers.IsTcp) SetTcp(segment.AsSpan(headers.Transport), i * size, isFirst: i == 0, isLast: i == payloads.Length - 1);
            else BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(headers.Transport + 4), (ushort)(segment.Length - headers.Transport));
            segments.Add(hasChecksum ? PlainHeaders.Finished(segment) : segment);
        }

        return segments;
    }

    private static void SetNetwork(byte[] segment, PlainHeaders headers, int identifications)
    {
        Span<byte> ip = segment.AsSpan(headers.Network);
        if (headers.IsIpv6)
        {
            BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)(ip.Length - 40));
            return;
        }

        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
        ushort identification = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(ip[4..]) + identifications);
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], identification);
        ip[10..12].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], (ushort)~PlainChecksum.Sum(ip[..(headers.Transport - headers.Network)]));
    }

    private static void SetTcp(Span<byte> tcp, int offset, bool isFirst, bool isLast)
    {
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]) + (uint)offset;
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], sequence);
        if (!isLast) tcp[13] &= unchecked((byte)~(Fin | Psh));
        if (!isFirst) tcp[13] &= unchecked((byte)~Cwr);
    }
}
