using System.Buffers.Binary;

namespace Appliance.Testing;

/// <summary>
/// Where the headers of a sound TCP or UDP frame are, found the plain way: tags, IPv4 options, IPv6 hop-by-hop and destination options and
/// routing headers are stepped over. Uses nothing of the product.
/// </summary>
public sealed record PlainHeaders(int Network, bool IsIpv6, int Transport, bool IsTcp, int Payload)
{
    public int ChecksumAt => Transport + (IsTcp ? 16 : 6);

    public static PlainHeaders Of(ReadOnlySpan<byte> frame)
    {
        int at = 12;
        while (Word(frame, at) is 0x8100 or 0x88a8) at += 4;
        bool isIpv6 = Word(frame, at) == 0x86dd;
        int network = at + 2, transport = network + 40, protocol;
        if (isIpv6)
        {
            protocol = frame[network + 6];
            while (protocol is 0 or 43 or 60)
            {
                protocol = frame[transport];
                transport += (frame[transport + 1] + 1) * 8;
            }
        }
        else
        {
            protocol = frame[network + 9];
            transport = network + ((frame[network] & 15) * 4);
        }

        bool isTcp = protocol == 6;
        return new PlainHeaders(network, isIpv6, transport, isTcp, transport + (isTcp ? (frame[transport + 12] >> 4) * 4 : 8));
    }

    /// <summary>The pseudo-header's sum for a transport header and payload of <paramref name="length"/> bytes.</summary>
    public ushort Pseudo(ReadOnlySpan<byte> frame, int length)
    {
        ReadOnlySpan<byte> addresses = IsIpv6 ? frame.Slice(Network + 8, 32) : frame.Slice(Network + 12, 8);
        return PlainChecksum.PseudoHeader(addresses, (byte)(IsTcp ? 6 : 17), length);
    }

    /// <summary>A copy whose transport checksum is the pseudo-header's sum alone: what a virtio header with NEEDS_CSUM announces.</summary>
    public static byte[] MadePartial(byte[] frame)
    {
        byte[] partial = [.. frame];
        PlainHeaders headers = Of(frame);
        BinaryPrimitives.WriteUInt16BigEndian(partial.AsSpan(headers.ChecksumAt), headers.Pseudo(frame, frame.Length - headers.Transport));
        return partial;
    }

    /// <summary>A copy with the right transport checksum, whatever stood there.</summary>
    public static byte[] Finished(byte[] frame)
    {
        byte[] finished = [.. frame];
        PlainHeaders headers = Of(frame);
        Span<byte> checksum = finished.AsSpan(headers.ChecksumAt, 2);
        checksum.Clear();
        Span<byte> segment = finished.AsSpan(headers.Transport);
        ushort sum = (ushort)~PlainChecksum.Sum(segment, headers.Pseudo(finished, segment.Length));
        BinaryPrimitives.WriteUInt16BigEndian(checksum, sum == 0 && !headers.IsTcp ? (ushort)0xffff : sum);
        return finished;
    }

    private static int Word(ReadOnlySpan<byte> frame, int at) => BinaryPrimitives.ReadUInt16BigEndian(frame[at..]);
}
