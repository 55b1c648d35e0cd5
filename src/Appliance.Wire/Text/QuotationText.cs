using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Wire.Text;

/// <summary>
/// The datagram quoted in an ICMP error, in short: ends, protocol, ports or echo number. It never follows quotations or tunnels
/// within it, so its depth is one.
/// </summary>
internal static class QuotationText
{
    public static void Write(TextLine line, Span<byte> quoted)
    {
        line.Add(" [");
        if (Ipv4View.TryParse(quoted, out Ipv4View v4)) WriteV4(line, v4);
        else if (Ipv6View.TryParse(quoted, out Ipv6View v6)) WriteV6(line, v6);
        else line.Add(quoted.IsEmpty ? "nothing quoted" : "no IP header quoted");
        line.Add("]");
    }

    private static void WriteV4(TextLine line, Ipv4View ip)
    {
        // Old stacks quote the total length in host order or less the header; whatever is there of the payload is what they quoted.
        line.Add("IP ").AddIf(ip.IsFragment, $"(frag id {ip.Identification}, offset {ip.FragmentOffsetBytes}) ");
        WriteTransport(line, ip.Source, ip.Destination, ip.Protocol, ip.FragmentOffsetBytes > 0 ? default : ip.Payload);
    }

    private static void WriteV6(TextLine line, Ipv6View ip)
    {
        Ipv6HeaderChain chain = ip.HeaderChain;
        bool hasTransport = chain.Outcome == Ipv6WalkOutcome.Complete && !chain.IsNonFirstFragment;
        line.Add("IP6 ").AddIf(chain.IsFragment, $"(frag id 0x{chain.FragmentIdentification:x}, offset {chain.FragmentOffsetBytes}) ");
        WriteTransport(line, ip.Source, ip.Destination, chain.Protocol, hasTransport ? ip.Datagram[chain.TransportOffset..] : default);
    }

    private static void WriteTransport(TextLine line, IpAddress source, IpAddress destination, IpProtocol protocol, Span<byte> bytes)
    {
        bool mayHavePorts = protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp or IpProtocol.UdpLite;
        if (mayHavePorts && TransportPortsView.TryParse(bytes, out TransportPortsView ports))
            line.AddEndpoints(source, ports.SourcePort, destination, ports.DestinationPort);
        else
            line.AddEndpoints(source, destination);

        line.Add(ProtocolText.NameOf(protocol));
        if (protocol == IpProtocol.Icmp && IcmpView.TryParse(bytes, out IcmpView icmp))
            line.Add(icmp.IsEcho ? $" echo id {icmp.EchoIdentifier}, seq {icmp.EchoSequence}" : $" type {(byte)icmp.Type}");
        else if (protocol == IpProtocol.Icmpv6 && Icmpv6View.TryParse(bytes, out Icmpv6View icmp6))
            line.Add(icmp6.IsEcho ? $" echo id {icmp6.EchoIdentifier}, seq {icmp6.EchoSequence}" : $" type {(byte)icmp6.Type}");
    }
}
