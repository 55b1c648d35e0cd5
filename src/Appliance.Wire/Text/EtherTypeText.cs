using Appliance.Wire.Ethernet;

namespace Appliance.Wire.Text;

/// <summary>What an EtherType announces, on a wire or within a tunnel.</summary>
internal static class EtherTypeText
{
    private const int PppoeHeaderLength = 6;                          // bytes; RFC 2516 §4
    private const int PppProtocolLength = 2;                          // bytes

    public static void Write(TextLine line, EtherType type, Span<byte> payload)
    {
        if (!line.TryNest()) return;
        switch (type)
        {
            case EtherType.Ipv4: Ipv4Text.Write(line, payload); break;
            case EtherType.Ipv6: Ipv6Text.Write(line, payload); break;
            case EtherType.Arp: ArpText.Write(line, payload); break;
            case EtherType.TransparentEthernetBridging: EthernetText.Write(line, payload); break;
            case EtherType.PppoeSession: WritePppoeSession(line, payload); break;
            default: line.Add($"ethertype {NameOf(type)}, length {payload.Length}"); break;
        }
    }

    public static string NameOf(EtherType type) => type switch
    {
        EtherType.Ipv4 => "IPv4 (0x0800)",
        EtherType.Arp => "ARP (0x0806)",
        EtherType.TransparentEthernetBridging => "Ethernet (0x6558)",
        EtherType.Vlan => "802.1Q (0x8100)",
        EtherType.Ipv6 => "IPv6 (0x86dd)",
        EtherType.PppoeDiscovery => "PPPoE discovery (0x8863)",
        EtherType.PppoeSession => "PPPoE session (0x8864)",
        EtherType.MplsUnicast => "MPLS (0x8847)",
        EtherType.ServiceVlan => "802.1ad (0x88a8)",
        EtherType.Lldp => "LLDP (0x88cc)",
        _ => $"0x{(ushort)type:x4}",
    };

    /// <summary>RFC 2516: session number and length, then PPP, of which the two IP protocols are read on.</summary>
    private static void WritePppoeSession(TextLine line, Span<byte> payload)
    {
        if (payload.Length < PppoeHeaderLength + PppProtocolLength)
        {
            line.Add(TextLine.Truncated).Add($" PPPoE, length {payload.Length}");
            return;
        }

        int session = (payload[2] << 8) | payload[3];
        int protocol = (payload[6] << 8) | payload[7];
        line.Add($"PPPoE session 0x{session:x}, ");
        Span<byte> carried = payload[(PppoeHeaderLength + PppProtocolLength)..];
        if (protocol == 0x0021) Write(line, EtherType.Ipv4, carried);
        else if (protocol == 0x0057) Write(line, EtherType.Ipv6, carried);
        else line.Add($"PPP protocol 0x{protocol:x4}, length {carried.Length}");
    }
}
