using Appliance.Engine;

namespace Appliance.Fuzz.Oracle;

/// <content>
/// Reading: Ethernet and its tags, IPv4 (RFC 791), IPv6 and its extension headers (RFC 8200 §4), the first bytes of ICMP.
/// </content>
internal sealed partial class Judge
{
    private const int MaxTags = 16;
    private const int MaxExtensions = 64;

    private DropReason ReadLink(ReadOnlySpan<byte> frame, ref Fate fate, out ushort type)
    {
        type = 0;
        if (frame.Length < 14) return DropReason.Short;
        PortFact port = facts.Ports[fate.Ingress];
        if (Big.Mac(frame, 6) == port.Mac) return DropReason.OwnSource;
        fate.IsFromGroup = (frame[6] & 1) != 0;
        fate.IsL2Group = (frame[0] & 1) != 0;
        ulong destination = Big.Mac(frame, 0);
        bool isOther = strictMac && !fate.IsL2Group && destination != port.Mac;
        if (isOther && (destination & RoutingFacts.VirtualMask) != RoutingFacts.VirtualMacs) return DropReason.NotForUs;
        type = Big.U16(frame, 12);
        int at = 14;
        for (int tags = 0; type is 0x8100 or 0x88a8; tags++)
        {
            if (tags == MaxTags) return DropReason.Vlan;
            if (frame.Length < at + 4) return DropReason.Short;
            int vlan = Big.U16(frame, at) & 0xfff;
            type = Big.U16(frame, at + 2);
            at += 4;
            if (vlan == 0) continue;
            fate.Ingress = facts.FindSubport(fate.Ingress, vlan);
            if (fate.Ingress < 0) return DropReason.Vlan;
        }

        fate.NetworkOffset = at;
        return isOther && !facts.IsVirtual(destination, fate.Ingress) ? DropReason.NotForUs : DropReason.None;
    }

    private static DropReason ReadIpv4(ReadOnlySpan<byte> ip, ref Fate fate)
    {
        if (ip.Length < 20) return DropReason.Short;
        int header = (ip[0] & 15) * 4;
        if (ip[0] >> 4 != 4 || header < 20) return DropReason.IpHeader;
        if (ip.Length < header) return DropReason.Short;
        if (OnesSum.Of(ip[..header]) != 0xffff) return DropReason.BadIpChecksum;
        int total = Big.U16(ip, 2);
        if (total < header) return DropReason.IpHeader;
        if (ip.Length < total) return DropReason.Short;
        fate.DatagramLength = total;
        fate.TransportOffset = header;
        fate.Protocol = ip[9];
        fate.IsLaterFragment = (Big.U16(ip, 6) & 0x1fff) != 0;
        fate.IsFirstFragment = !fate.IsLaterFragment && (ip[6] & 0x20) != 0;
        if (!ReadOptions(ip[20..header], ref fate)) return DropReason.IpHeader;
        if (fate.IsLaterFragment || fate.Protocol != 1) return DropReason.None;
        ReadOnlySpan<byte> icmp = ip[header..total];
        fate.IsIcmpError = icmp.Length < IcmpHeader || icmp[0] is 3 or 4 or 5 or 11 or 12;
        return DropReason.None;
    }

    /// <summary>False where an option's length is impossible.</summary>
    private static bool ReadOptions(ReadOnlySpan<byte> options, ref Fate fate)
    {
        while (options.Length > 0 && options[0] != 0)
        {
            if (options[0] == 1)
            {
                options = options[1..];
                continue;
            }

            if (options.Length < 2 || options[1] < 2 || options[1] > options.Length) return false;
            if (options[0] is 131 or 137) fate.IsSourceRouted = true;
            options = options[options[1]..];
        }

        return true;
    }

    private static DropReason ReadIpv6(ReadOnlySpan<byte> ip, ref Fate fate)
    {
        if (ip.Length < 40) return DropReason.Short;
        if (ip[0] >> 4 != 6) return DropReason.IpHeader;
        int total = 40 + Big.U16(ip, 4);
        if (ip.Length < total) return DropReason.Short;
        fate.DatagramLength = total;
        DropReason refused = WalkExtensions(ip[..total], ref fate);
        if (refused != DropReason.None || fate.IsLaterFragment || fate.Protocol != 58) return refused;
        ReadOnlySpan<byte> icmp = ip[fate.TransportOffset..total];
        bool isShort = icmp.Length < IcmpHeader;
        fate.IsIcmpError = isShort || icmp[0] is < 128 or 137;
        fate.IsNeighbourMessage = !isShort && icmp[0] is >= 133 and <= 137;
        return DropReason.None;
    }

    private static DropReason WalkExtensions(ReadOnlySpan<byte> ip, ref Fate fate)
    {
        byte next = ip[6];
        int at = 40, fragmentHeaders = 0;
        for (int headers = 0; !fate.IsLaterFragment && IsExtension(next, headers); headers++)
        {
            if (headers == MaxExtensions) return DropReason.IpHeader;
            if (ip.Length - at < 8) return DropReason.Short;
            int length = next switch { 44 => 8, 51 => (ip[at + 1] + 2) * 4, _ => (ip[at + 1] + 1) * 8 };
            if (ip.Length - at < length) return DropReason.Short;
            if (next == 43 && ip[at + 2] == 0) fate.IsSourceRouted = true;
            if (next == 44)
            {
                fate.IsLaterFragment = (Big.U16(ip, at + 2) & 0xfff8) != 0;
                if (fragmentHeaders++ == 0) fate.IsFirstFragment = (ip[at + 3] & 1) != 0;
            }

            next = ip[at];
            at += length;
        }

        fate.IsFirstFragment = !fate.IsLaterFragment && (fate.IsFirstFragment || fragmentHeaders > 1);      // legal once only
        fate.Protocol = next;
        fate.TransportOffset = at;
        return DropReason.None;
    }

    /// <summary>Hop-by-hop options stand in front of all others (RFC 8200 §4.1).</summary>
    private static bool IsExtension(byte next, int headersBefore) =>
        next is 43 or 44 or 51 or 60 or 135 or 139 or 140 || (next == 0 && headersBefore == 0);
}
