using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>
/// Cuts an IPv4 datagram for a smaller MTU (RFC 791 §3.2): the frame itself becomes the first fragment, the others are chained behind it
/// in order. Every fragment but the last carries a multiple of 8 bytes, the last whatever still fits; options with the copied bit go into
/// all, the others into the first only; a datagram that was a fragment already keeps its offset and, in the last piece, its
/// more-fragments flag.
/// </summary>
public static class Ipv4Fragmenter
{
    private const int BaseHeader = 20;
    private const ushort MoreFragments = 0x2000;
    private const ushort OffsetMask = 0x1fff;                           // units of 8 bytes

    /// <summary>
    /// Whether the datagram ends where the longest one must. A fragment that reaches further belongs to nothing that can be put together,
    /// and its pieces would have offsets that 13 bits cannot say (RFC 791 §3.1).
    /// </summary>
    public static bool IsPossible(ReadOnlySpan<byte> datagram) =>
        ((BinaryPrimitives.ReadUInt16BigEndian(datagram[6..]) & OffsetMask) * 8) + datagram.Length <= ushort.MaxValue;

    /// <summary>Answers how many fragments there are now, or 0 with the frame unchanged when the pool has not enough.</summary>
    /// <param name="first">An IPv4 datagram longer than the MTU, and possible.</param>
    /// <param name="mtuBytes">Of the link it leaves by, 576 at least.</param>
    /// <param name="pool">The caller's.</param>
    public static int Cut(Frame first, int mtuBytes, FramePool pool)
    {
        Span<byte> datagram = first.Datagram;
        int firstHeader = (datagram[0] & 15) * 4;
        int firstPayload = (mtuBytes - firstHeader) & ~7;
        ushort flagsAndOffset = BinaryPrimitives.ReadUInt16BigEndian(datagram[6..]);

        Span<byte> header = stackalloc byte[60];
        header = header[..WriteLaterHeader(datagram[..firstHeader], header)];
        int laterRoom = mtuBytes - header.Length;

        int count = 1;
        Frame last = first;
        for (int at = firstHeader + firstPayload, length; at < datagram.Length; at += length)
        {
            int rest = datagram.Length - at;
            length = rest <= laterRoom ? rest : laterRoom & ~7;
            bool more = length < rest || (flagsAndOffset & MoreFragments) != 0;
            int offset = (flagsAndOffset & OffsetMask) + ((at - firstHeader) >> 3);
            if (!TryMake(first, header, datagram.Slice(at, length), offset, more, pool, out Frame fragment))
            {
                Abandon(first, pool);
                return 0;
            }

            last.Info.Next = fragment;
            last = fragment;
            count++;
        }

        Finish(first, firstHeader + firstPayload, flagsAndOffset & OffsetMask, more: true);
        FrameTraits place = (flagsAndOffset & OffsetMask) == 0 ? FrameTraits.FirstFragment : FrameTraits.LaterFragment;
        first.Info.Traits = (first.Info.Traits & ~FrameTraits.Fragment) | place;
        return count;
    }

    /// <summary>
    /// The header of every fragment but the first: the fixed part and the options that are to be copied, padded. Answers its length.
    /// </summary>
    private static int WriteLaterHeader(ReadOnlySpan<byte> first, Span<byte> later)
    {
        first[..BaseHeader].CopyTo(later);
        int length = BaseHeader;
        var options = new Ipv4OptionReader(first[BaseHeader..]);
        while (options.MoveNext())
        {
            Ipv4Option option = options.Current;
            if (!option.IsCopied) continue;
            ReadOnlySpan<byte> whole = first.Slice(BaseHeader + option.Offset, 2 + option.Value.Length);
            whole.CopyTo(later[length..]);
            length += whole.Length;
        }

        int padded = (length + 3) & ~3;
        later[length..padded].Clear();                                  // end of options
        later[0] = (byte)(0x40 | (padded / 4));
        return padded;
    }

    private static bool TryMake(
        Frame first, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, int offset, bool more, FramePool pool, out Frame fragment)
    {
        int link = first.Info.NetworkOffset;
        int datagramLength = header.Length + payload.Length;
        if (!pool.TryRent(link + datagramLength, out fragment)) return false;
        Span<byte> bytes = fragment.Bytes;
        first.Bytes[..link].CopyTo(bytes);
        header.CopyTo(bytes[link..]);
        payload.CopyTo(bytes[(link + header.Length)..]);

        ref FrameInfo info = ref fragment.Info;
        ref FrameInfo from = ref first.Info;
        info.NetworkOffset = link;
        info.TransportOffset = link + header.Length;
        info.Traits = (from.Traits & ~(FrameTraits.Fragment | FrameTraits.Ports)) | FrameTraits.LaterFragment;
        info.TakeOrigin(from);
        info.Protocol = from.Protocol;
        info.EgressPort = from.EgressPort;
        info.NextHop = from.NextHop;
        Finish(fragment, datagramLength, offset, more);
        return true;
    }

    /// <summary>Total length, offset, flag and checksum of one fragment.</summary>
    private static void Finish(Frame fragment, int datagramLength, int offset, bool more)
    {
        fragment.Info.DatagramLength = datagramLength;
        fragment.SetLength(fragment.Info.NetworkOffset + datagramLength);
        Span<byte> datagram = fragment.Datagram;
        Span<byte> header = datagram[..((datagram[0] & 15) * 4)];
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)datagramLength);
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], (ushort)((header[6] & 0x80) << 8 | (more ? MoreFragments : 0) | offset));
        header[10..12].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Finish(InternetChecksum.Sum(header)));
    }

    private static void Abandon(Frame first, FramePool pool)
    {
        Frame fragment = first.Info.Next;
        first.Info.Next = default;
        while (!fragment.IsNull)
        {
            Frame next = fragment.Info.Next;
            pool.Return(fragment);
            fragment = next;
        }
    }
}
