using Appliance.Wire.Ethernet;

namespace Appliance.Wire.Text;

/// <summary>
/// Any bytes in one line, in the words of <c>tcpdump -n</c>; sequence numbers are absolute. For people: traces, logs, test failures.
/// It allocates and does not belong on the data path.
/// </summary>
/// <remarks>
/// Never throws. What is missing is called <c>[truncated]</c>, what contradicts itself is told in brackets too. Only numbers and the
/// words of this folder are printed, nothing that a sender could have written. The line has at most <see cref="MaxCharacters"/>
/// characters, and tunnels are followed at most <see cref="MaxNesting"/> datagrams deep.
/// </remarks>
public static class FrameText
{
    public const int MaxCharacters = 2000;
    public const int MaxNesting = 8;

    /// <summary>A frame from its Ethernet header on.</summary>
    public static string Format(ReadOnlySpan<byte> frame, FrameTextDetail detail = FrameTextDetail.None)
    {
        var line = new TextLine(detail);
        EthernetText.Write(line, Borrowed.ForReading(frame));
        return line.ToString();
    }

    /// <summary>A datagram without link header, from its IPv4 or IPv6 header on.</summary>
    public static string FormatDatagram(ReadOnlySpan<byte> datagram, FrameTextDetail detail = FrameTextDetail.None)
    {
        var line = new TextLine(detail);
        if (datagram.IsEmpty) line.Add("[truncated] IP, length 0");
        else EtherTypeText.Write(line, datagram[0] >> 4 == 6 ? EtherType.Ipv6 : EtherType.Ipv4, Borrowed.ForReading(datagram));
        return line.ToString();
    }
}
