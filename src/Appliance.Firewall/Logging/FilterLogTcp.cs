using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Appliance.Firewall;

/// <summary>A TCP segment's fields of a filterlog line. Options are named, in their order, with semicolons between them.</summary>
internal static class FilterLogTcp
{
    private const byte Fin = 1, Syn = 2, Rst = 4, Ack = 16, Urg = 32;
    private const string Letters = "FSRPAUEC";                          // from the lowest bit on
    private const byte EndOfList = 0, NoOperation = 1;

    private static readonly FrozenDictionary<byte, string> Options = new Dictionary<byte, string>
    {
        [0] = "eol", [1] = "nop", [2] = "mss", [3] = "wscale", [4] = "sackOK", [5] = "sack", [6] = "echo", [7] = "echoreply", [8] = "TS",
        [11] = "cc", [12] = "ccnew", [13] = "ccecho", [19] = "md5", [20] = "scps", [28] = "uto", [29] = "tcp-ao", [30] = "mptcp",
        [34] = "tfo", [254] = "exp",
    }.ToFrozenDictionary();

    /// <param name="line">Appended to.</param>
    /// <param name="segment">At least 20 bytes.</param>
    /// <param name="length">Bytes of the whole segment.</param>
    public static void Append(StringBuilder line, ReadOnlySpan<byte> segment, int length)
    {
        int header = (segment[12] >> 4) * 4;
        if (header < 20)
        {
            line.Append(CultureInfo.InvariantCulture, $"errormsg='tcp {length - header} [bad hdr length {header} - too short < 20]',");
            return;
        }

        line.Append(CultureInfo.InvariantCulture, $"{Word(segment, 0)},{Word(segment, 2)},{length - header},");
        byte flags = segment[13];
        for (int bit = 0; bit < Letters.Length; bit++)
        {
            if ((flags & (1 << bit)) != 0) line.Append(Letters[bit]);
        }

        line.Append(',');
        if (header > length)
        {
            line.Append(CultureInfo.InvariantCulture, $"errormsg='[bad hdr length {header} - too long, > {length}]',");
            return;
        }

        AppendNumbers(line, segment, flags, length - header);
        AppendOptions(line, segment[20..Math.Min(header, segment.Length)]);
    }

    private static void AppendNumbers(StringBuilder line, ReadOnlySpan<byte> segment, byte flags, int payload)
    {
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(segment[4..]);
        if (payload > 0) line.Append(CultureInfo.InvariantCulture, $"{sequence}:{sequence + (uint)payload}");
        else if ((flags & (Syn | Fin | Rst)) != 0) line.Append(CultureInfo.InvariantCulture, $"{sequence}");
        line.Append(',');
        if ((flags & Ack) != 0) line.Append(CultureInfo.InvariantCulture, $"{BinaryPrimitives.ReadUInt32BigEndian(segment[8..])}");
        line.Append(CultureInfo.InvariantCulture, $",{Word(segment, 14)},");
        if ((flags & Urg) != 0) line.Append(CultureInfo.InvariantCulture, $"{Word(segment, 18)}");
        line.Append(',');
    }

    private static void AppendOptions(StringBuilder line, ReadOnlySpan<byte> options)
    {
        for (int at = 0; at < options.Length;)
        {
            if (at > 0) line.Append(';');
            byte kind = options[at];
            int length = kind is EndOfList or NoOperation ? 1 : at + 1 < options.Length ? options[at + 1] : 0;
            if (length == 0 || (kind > NoOperation && length < 2) || length > options.Length - at)
            {
                line.Append("[bad opt],");
                return;
            }

            if (Options.TryGetValue(kind, out string? name)) line.Append(name);
            else line.Append(CultureInfo.InvariantCulture, $"unknown({kind})");
            if (kind == EndOfList) return;
            at += length;
        }
    }

    private static ushort Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..]);
}
