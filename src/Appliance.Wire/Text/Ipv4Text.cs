using Appliance.Wire.Ip;

namespace Appliance.Wire.Text;

internal static class Ipv4Text
{
    public static void Write(TextLine line, Span<byte> bytes)
    {
        line.Add("IP ");
        if (!Ipv4View.TryParse(bytes, out Ipv4View ip))
        {
            line.Add(WhyNot(bytes)).Add($", length {bytes.Length}");
            return;
        }

        if (line.Shows(FrameTextDetail.IpHeader)) WriteHeader(line, ip);
        line.AddIf(ip.IsFragment, FragmentFacts(ip));
        if (ip.Options.Length > 0) WriteOptions(line, ip.Options);
        WritePayload(line, ip, bytes);
        line.AddIf(ip.IsTruncated, " " + TextLine.Truncated);
    }

    /// <summary>A total length of 0 is what a capture shows of a frame that a NIC has yet to cut: all the bytes are meant.</summary>
    private static void WritePayload(TextLine line, Ipv4View ip, Span<byte> bytes)
    {
        bool isUnfinished = ip.TotalLength == 0;
        if (ip.IsTotalLengthBelowHeader && !isUnfinished)
        {
            line.AddEndpoints(ip.Source, ip.Destination).Add($"[total length {ip.TotalLength} below header length {ip.HeaderLength}]");
            return;
        }

        line.AddIf(isUnfinished, "[total length 0] ");
        Span<byte> payload = isUnfinished ? bytes[ip.HeaderLength..] : ip.Payload;
        int declaredLength = isUnfinished ? payload.Length : ip.TotalLength - ip.HeaderLength;
        if (ip.FragmentOffsetBytes > 0)
            line.AddEndpoints(ip.Source, ip.Destination).Add($"{ProtocolText.NameOf(ip.Protocol)}, length {declaredLength}");
        else
            ProtocolText.Write(line, new(ip.Source, ip.Destination, ip.Protocol, payload, declaredLength, ip.MoreFragments));
    }

    private static string WhyNot(Span<byte> bytes)
    {
        if (bytes.Length > 0 && bytes[0] >> 4 != 4) return $"[version {bytes[0] >> 4}]";
        bool isTooShortByItself = bytes.Length > 0 && (bytes[0] & 0xf) * 4 < Ipv4View.MinHeaderLength;
        return isTooShortByItself ? $"[header length {(bytes[0] & 0xf) * 4}]" : TextLine.Truncated;
    }

    private static void WriteHeader(TextLine line, Ipv4View ip)
    {
        line.Add($"(tos 0x{ip.DifferentiatedServices:x}, ttl {ip.TimeToLive}, id {ip.Identification}");
        line.AddIf(ip.DontFragment, ", DF").AddIf(ip.ReservedFlag, ", reserved flag");
        line.Add($", proto {ProtocolText.NameOf(ip.Protocol)}, length {ip.TotalLength}) ");
    }

    private static string FragmentFacts(Ipv4View ip) =>
        $"(frag id {ip.Identification}, offset {ip.FragmentOffsetBytes}{(ip.MoreFragments ? ", more" : "")}) ";

    private static void WriteOptions(TextLine line, ReadOnlySpan<byte> options)
    {
        var reader = new Ipv4OptionReader(options);
        string separator = "(options ";
        while (reader.MoveNext())
        {
            line.Add(separator).Add(NameOf(reader.Current));
            separator = ", ";
        }

        line.AddIf(reader.IsMalformed, separator + "[malformed]");
        line.Add(separator == ", " || reader.IsMalformed ? ") " : "");
    }

    private static string NameOf(Ipv4Option option) => option.Type switch
    {
        Ipv4OptionType.RecordRoute => "RR",
        Ipv4OptionType.Timestamp => "timestamp",
        Ipv4OptionType.Security => "security",
        Ipv4OptionType.LooseSourceRoute => "LSRR",
        Ipv4OptionType.StreamIdentifier => "stream id",
        Ipv4OptionType.StrictSourceRoute => "SSRR",
        Ipv4OptionType.RouterAlert => "RA",
        _ => $"type {(byte)option.Type}",
    };
}
