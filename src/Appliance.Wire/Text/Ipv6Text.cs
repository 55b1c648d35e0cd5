using Appliance.Wire.Ip;

namespace Appliance.Wire.Text;

internal static class Ipv6Text
{
    private const int MaxHeadersShown = 8;

    public static void Write(TextLine line, Span<byte> bytes)
    {
        line.Add("IP6 ");
        if (!Ipv6View.TryParse(bytes, out Ipv6View ip))
        {
            bool isOtherVersion = bytes.Length > 0 && bytes[0] >> 4 != 6;
            line.Add(isOtherVersion ? $"[version {bytes[0] >> 4}]" : TextLine.Truncated).Add($", length {bytes.Length}");
            return;
        }

        if (line.Shows(FrameTextDetail.IpHeader)) WriteHeader(line, ip);
        Ipv6HeaderChain chain = ip.HeaderChain;
        if (chain.ExtensionHeaderCount > 0) WriteExtensions(line, ip.Datagram);
        WritePayload(line, ip, chain);
        line.AddIf(ip.IsTruncated, " " + TextLine.Truncated);
    }

    private static void WriteHeader(TextLine line, Ipv6View ip)
    {
        line.Add($"(class 0x{ip.TrafficClass:x2}, flowlabel 0x{ip.FlowLabel:x5}, hlim {ip.HopLimit}");
        line.Add($", next-header {ProtocolText.NameOf(ip.NextHeader)}, payload length {ip.PayloadLength}) ");
    }

    private static void WritePayload(TextLine line, Ipv6View ip, Ipv6HeaderChain chain)
    {
        Span<byte> payload = ip.Datagram[chain.TransportOffset..];
        int declaredLength = Math.Max(Ipv6View.HeaderLength + ip.PayloadLength - chain.TransportOffset, payload.Length);
        if (chain.Outcome != Ipv6WalkOutcome.Complete)
            line.AddEndpoints(ip.Source, ip.Destination).Add(WhyStopped(ip, chain)).Add($", length {declaredLength}");
        else if (chain.IsNonFirstFragment)
            line.AddEndpoints(ip.Source, ip.Destination).Add($"{ProtocolText.NameOf(chain.Protocol)}, length {declaredLength}");
        else
            ProtocolText.Write(line, new(ip.Source, ip.Destination, chain.Protocol, payload, declaredLength, chain.MoreFragments));
    }

    /// <summary>A chain cut by the capture is told at the end of the line; one that its own payload length cuts is malformed.</summary>
    private static string WhyStopped(Ipv6View ip, Ipv6HeaderChain chain)
    {
        bool isTooLong = chain.Outcome == Ipv6WalkOutcome.TooManyHeaders;
        if (isTooLong) return $"[more than {Ipv6ExtensionReader.MaxExtensionHeaders} extension headers]";
        if (ip is { PayloadLength: 0, NextHeader: IpProtocol.HopByHop }) return "[payload length 0: jumbogram]";
        string stoppedAt = ProtocolText.NameOf(chain.Protocol);
        return ip.IsTruncated ? stoppedAt : $"[{stoppedAt} header beyond payload length]";
    }

    private static void WriteExtensions(TextLine line, ReadOnlySpan<byte> datagram)
    {
        var reader = new Ipv6ExtensionReader(datagram);
        string separator = "(";
        while (reader.MoveNext() && reader.Count <= MaxHeadersShown)
        {
            line.Add(separator).Add(NameOf(reader.Type, reader.Header));
            separator = ", ";
        }

        line.AddIf(reader.Count > MaxHeadersShown, ", ...").Add(") ");
    }

    private static string NameOf(IpProtocol type, ReadOnlySpan<byte> header) => type switch
    {
        IpProtocol.HopByHop => "HBH",
        IpProtocol.Routing => $"routing type {header[2]}, segments left {header[3]}",
        IpProtocol.Fragment => FragmentFacts(header),
        IpProtocol.DestinationOptions => "DSTOPT",
        IpProtocol.AuthenticationHeader => "AH",
        _ => ProtocolText.NameOf(type),
    };

    private static string FragmentFacts(ReadOnlySpan<byte> header)
    {
        string more = Ipv6FragmentView.MoreFragmentsOf(header) ? ", more" : "";
        return $"frag id 0x{Ipv6FragmentView.IdentificationOf(header):x}, offset {Ipv6FragmentView.OffsetOf(header)}{more}";
    }
}
