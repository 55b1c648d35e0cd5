using System.Buffers.Binary;
using Appliance.Testing;

namespace Appliance.Routing.Tests;

/// <summary>
/// RFC 791 §3.2, "An Example Fragmentation Procedure" and "An Example Reassembly Procedure", on arrays. Nothing of the product is used
/// but for the lay-out of the options, which both read the same way: type, length, value.
/// </summary>
internal static class FragmentationTwin
{
    /// <summary>
    /// "[T]he Internet datagram is divided into portions of NFB*8 octets […]": as large as fit, the last as large as is left.
    /// </summary>
    public static List<byte[]> Cut(byte[] datagram, int mtu)
    {
        int word = BinaryPrimitives.ReadUInt16BigEndian(datagram.AsSpan(6));
        bool moreBehind = (word & 0x2000) != 0;
        int offset = (word & 0x1fff) * 8;
        byte[] header = datagram[..HeaderLength(datagram)];
        byte[] data = datagram[header.Length..];
        var fragments = new List<byte[]>();
        int done = 0;
        while (done < data.Length)
        {
            int room = mtu - header.Length;
            bool last = data.Length - done <= room;
            int take = last ? data.Length - done : room / 8 * 8;
            fragments.Add(Fragment(header, data[done..(done + take)], offset + done, !last || moreBehind));
            done += take;
            if (fragments.Count == 1) header = LaterHeader(header);
        }

        return fragments;
    }

    /// <summary>
    /// Puts fragments back together by their offsets: the header is the first one's, made that of a whole datagram (or of the whole
    /// piece).
    /// </summary>
    public static byte[] Reassemble(IEnumerable<byte[]> fragments)
    {
        byte[][] inOrder = [.. fragments.OrderBy(OffsetOf)];
        byte[] first = inOrder[0];
        var data = new List<byte>();
        foreach (byte[] fragment in inOrder)
        {
            if (OffsetOf(fragment) - OffsetOf(first) != data.Count) throw new InvalidDataException("There is a gap or an overlap.");
            data.AddRange(fragment[HeaderLength(fragment)..]);
        }

        bool more = (inOrder[^1][6] & 0x20) != 0;
        return Fragment(first[..HeaderLength(first)], [.. data], OffsetOf(first), more);
    }

    public static int HeaderLength(byte[] datagram) => (datagram[0] & 15) * 4;

    public static int OffsetOf(byte[] datagram) => (BinaryPrimitives.ReadUInt16BigEndian(datagram.AsSpan(6)) & 0x1fff) * 8;

    private static byte[] Fragment(byte[] header, byte[] data, int offset, bool more)
    {
        byte[] fragment = [.. header, .. data];
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(2), (ushort)fragment.Length);
        int reserved = header[6] & 0x80;
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(6), (ushort)((reserved << 8) | (more ? 0x2000 : 0) | (offset / 8)));
        fragment.AsSpan(10, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(10), (ushort)~PlainChecksum.Sum(fragment.AsSpan(0, header.Length)));
        return fragment;
    }

    /// <summary>
    /// "Some options […] are copied into all fragments, others remain with the first": the highest bit of the type says so.
    /// </summary>
    private static byte[] LaterHeader(byte[] header)
    {
        List<byte> later = [.. header[..20]];
        for (int at = 20; at < header.Length && header[at] != 0;)
        {
            int length = header[at] == 1 ? 1 : header[at + 1];
            if (header[at] >= 0x80) later.AddRange(header[at..(at + length)]);
            at += length;
        }

        while (later.Count % 4 != 0)
            later.Add(0);
        later[0] = (byte)(0x40 | (later.Count / 4));
        return [.. later];
    }
}
