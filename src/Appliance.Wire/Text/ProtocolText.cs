using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;
using Appliance.Wire.Tunnels;

namespace Appliance.Wire.Text;

/// <summary>What an IP protocol number announces, starting with both ends' addresses.</summary>
internal static class ProtocolText
{
    public static void Write(TextLine line, IpPayload payload)
    {
        switch (payload.Protocol)
        {
            case IpProtocol.Tcp: TcpText.Write(line, payload); break;
            case IpProtocol.Udp: UdpText.Write(line, payload); break;
            case IpProtocol.Sctp: SctpText.Write(line, payload); break;
            case IpProtocol.Icmp: IcmpText.Write(line, payload); break;
            case IpProtocol.Icmpv6: Icmpv6Text.Write(line, payload); break;
            case IpProtocol.Carp: VirtualRouterText.Write(line, payload); break;
            case IpProtocol.Gre: GreText.Write(line, payload); break;
            case IpProtocol.Ipv4 or IpProtocol.Ipv6: WriteTunnel(line, payload); break;
            case IpProtocol.Igmp: WriteIgmp(line, payload); break;
            case IpProtocol.NoNextHeader: line.AddEndpoints(payload.Source, payload.Destination).Add("no next header"); break;
            default: WriteNamed(line, payload, NameOf(payload.Protocol)); break;
        }
    }

    public static string NameOf(IpProtocol protocol) => protocol switch
    {
        IpProtocol.HopByHop => "hop-by-hop (0)",
        IpProtocol.Icmp => "ICMP (1)",
        IpProtocol.Igmp => "IGMP (2)",
        IpProtocol.Ipv4 => "IPv4 (4)",
        IpProtocol.Tcp => "TCP (6)",
        IpProtocol.Udp => "UDP (17)",
        IpProtocol.Ipv6 => "IPv6 (41)",
        IpProtocol.Routing => "routing (43)",
        IpProtocol.Fragment => "fragment (44)",
        IpProtocol.Gre => "GRE (47)",
        IpProtocol.Esp => "ESP (50)",
        IpProtocol.AuthenticationHeader => "AH (51)",
        IpProtocol.Icmpv6 => "ICMPv6 (58)",
        IpProtocol.NoNextHeader => "no next header (59)",
        IpProtocol.DestinationOptions => "destination options (60)",
        IpProtocol.Ospf => "OSPF (89)",
        IpProtocol.Carp => "VRRP or CARP (112)",
        IpProtocol.Sctp => "SCTP (132)",
        IpProtocol.Mobility => "mobility (135)",
        IpProtocol.UdpLite => "UDP-Lite (136)",
        IpProtocol.HostIdentity => "HIP (139)",
        IpProtocol.Shim6 => "shim6 (140)",
        _ => $"ip-proto-{(byte)protocol}",
    };

    /// <summary>For a header that is not all there or contradicts itself: the ports when they are there, and what is wrong.</summary>
    public static void WriteBroken(TextLine line, IpPayload payload, string name, string fault)
    {
        bool hasPorts = TransportPortsView.TryParse(payload.Bytes, out TransportPortsView ports);
        if (hasPorts) line.AddEndpoints(payload.Source, ports.SourcePort, payload.Destination, ports.DestinationPort);
        else line.AddEndpoints(payload.Source, payload.Destination);
        line.Add($"{name} {fault}, length {payload.DeclaredLength}");
    }

    /// <summary>The fault of a header that the bytes end within.</summary>
    public static string ShortFault(IpPayload payload) => payload.IsTruncated ? TextLine.Truncated : "[too short]";

    public static void WriteNamed(TextLine line, IpPayload payload, string name) =>
        line.AddEndpoints(payload.Source, payload.Destination).Add($"{name}, length {payload.DeclaredLength}");

    private static void WriteIgmp(TextLine line, IpPayload payload) =>
        WriteNamed(line, payload, payload.Bytes.IsEmpty ? "IGMP" : $"IGMP type 0x{payload.Bytes[0]:x2}");

    private static void WriteTunnel(TextLine line, IpPayload payload)
    {
        if (!IpInIp.TryGetInner(payload.Protocol, payload.Bytes, out EtherType inner))
        {
            string fault = payload.Bytes.IsEmpty ? ShortFault(payload) : "[other version within]";
            WriteNamed(line, payload, $"{NameOf(payload.Protocol)} {fault}");
            return;
        }

        line.AddEndpoints(payload.Source, payload.Destination);
        EtherTypeText.Write(line, inner, payload.Bytes);
    }
}
