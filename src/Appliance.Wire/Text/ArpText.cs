using Appliance.Wire.Arp;

namespace Appliance.Wire.Text;

internal static class ArpText
{
    public static void Write(TextLine line, Span<byte> bytes)
    {
        if (!ArpView.TryParse(bytes, out ArpView arp))
        {
            line.Add(bytes.Length < ArpView.HeaderLength ? TextLine.Truncated + " ARP" : "ARP, not IPv4 over Ethernet");
            line.Add($", length {bytes.Length}");
            return;
        }

        line.Add("ARP, ").Add(arp.Operation switch
        {
            ArpOperation.Request => Request(arp),
            ArpOperation.Reply => $"Reply {arp.SenderProtocolAddress} is-at {arp.SenderHardwareAddress}",
            _ => $"operation {(ushort)arp.Operation}",
        });
        line.Add($", length {bytes.Length}");
    }

    private static string Request(ArpView arp)
    {
        string known = arp.TargetHardwareAddress.Value is 0 ? "" : $" ({arp.TargetHardwareAddress})";
        if (arp.IsProbe) return $"Probe {arp.TargetProtocolAddress}{known}";
        return arp.IsAnnouncement
            ? $"Announcement {arp.SenderProtocolAddress}"
            : $"Request who-has {arp.TargetProtocolAddress}{known} tell {arp.SenderProtocolAddress}";
    }
}
