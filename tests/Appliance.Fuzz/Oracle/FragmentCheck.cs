namespace Appliance.Fuzz.Oracle;

/// <summary>Whether the pieces of an IPv4 datagram, in the order sent, are the datagram (RFC 791 §3.2).</summary>
internal static class FragmentCheck
{
    /// <summary>Null, or what is wrong with <paramref name="piece"/>.</summary>
    /// <param name="whole">The datagram before it was cut, its hop not spent.</param>
    /// <param name="piece">What was sent of it; its own length and checksum are right.</param>
    /// <param name="mtuBytes">It was to fit.</param>
    /// <param name="hops">Spent on the way.</param>
    /// <param name="sentPayload">Bytes of payload in the pieces before; counted on.</param>
    public static string? WhatIsWrong(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> piece, int mtuBytes, int hops, ref int sentPayload)
    {
        int header = (piece[0] & 15) * 4;
        int payload = piece.Length - header;
        ReadOnlySpan<byte> wholePayload = whole[((whole[0] & 15) * 4)..];
        if (piece.Length > mtuBytes) return $"a fragment of {piece.Length} bytes over an MTU of {mtuBytes}";
        if (sentPayload + payload > wholePayload.Length) return "the fragments carry more than the datagram";
        bool isLast = sentPayload + payload == wholePayload.Length;
        if (!isLast && (payload % 8 != 0 || payload == 0)) return $"a fragment in the middle carries {payload} bytes";
        if (!piece[header..].SequenceEqual(wholePayload.Slice(sentPayload, payload))) return "a fragment carries other bytes";
        if (!IsHeaderRight(whole, piece, hops)) return "a fragment's header differs in more than it must";
        if (!AreOptionsRight(whole, piece[20..header], isFirst: sentPayload == 0)) return "a fragment has other options than it should";
        int before = Big.U16(whole, 6);
        int more = isLast ? before & 0x2000 : 0x2000;
        int expected = (before & 0x8000) | more | ((before & 0x1fff) + (sentPayload / 8));
        if (Big.U16(piece, 6) != expected) return $"flags and offset {Big.U16(piece, 6):x4}, expected {expected:x4}";
        sentPayload += payload;
        return null;
    }

    private static bool IsHeaderRight(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> piece, int hops) =>
        piece[1] == whole[1] && Big.U16(piece, 4) == Big.U16(whole, 4) && piece[8] == whole[8] - hops && piece[9] == whole[9]
        && piece.Slice(12, 8).SequenceEqual(whole.Slice(12, 8));

    /// <summary>All options go into the first fragment, the ones with the copied bit into the others; padded with zeros.</summary>
    private static bool AreOptionsRight(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> options, bool isFirst)
    {
        ReadOnlySpan<byte> all = whole[20..((whole[0] & 15) * 4)];
        if (isFirst) return options.SequenceEqual(all);
        int at = 0;
        while (all.Length > 0 && all[0] != 0)
        {
            int length = all[0] == 1 ? 1 : all[1];
            if (all[0] >= 0x80)
            {
                if (options.Length < at + length || !options.Slice(at, length).SequenceEqual(all[..length])) return false;
                at += length;
            }

            all = all[length..];
        }

        return options.Length - at < 4 && options[at..].IndexOfAnyExcept((byte)0) < 0;
    }
}
