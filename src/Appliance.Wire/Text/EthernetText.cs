using Appliance.Wire.Ethernet;

namespace Appliance.Wire.Text;

/// <summary>Ethernet II and 802.3 headers with their stack of VLAN tags.</summary>
internal static class EthernetText
{
    private const int MaxVlanTags = 8;
    private const int LlcLength = 3;                                  // bytes: DSAP, SSAP, control
    private const EtherType OldVlan = (EtherType)0x9100;              // tags made before 802.1ad, shown as what they are

    public static void Write(TextLine line, Span<byte> frame)
    {
        if (!EthernetView.TryParse(frame, out EthernetView ethernet))
        {
            line.Add(TextLine.Truncated).Add($" Ethernet, length {frame.Length}");
            return;
        }

        if (line.Shows(FrameTextDetail.LinkAddresses)) WriteLink(line, ethernet, frame.Length);
        WriteTagged(line, ethernet.EtherType, ethernet.Payload);
    }

    private static void WriteLink(TextLine line, EthernetView ethernet, int length)
    {
        string type = ethernet.IsLengthField ? "802.3" : $"ethertype {EtherTypeText.NameOf(ethernet.EtherType)}";
        line.Add($"{ethernet.Source} > {ethernet.Destination}, {type}, length {length}: ");
    }

    private static void WriteTagged(TextLine line, EtherType type, Span<byte> payload)
    {
        for (int tags = 0; VlanTagView.Announces(type) || type == OldVlan; tags++)
        {
            if (tags == MaxVlanTags)
            {
                line.Add($"[more than {MaxVlanTags} tags], length {payload.Length}");
                return;
            }

            if (!VlanTagView.TryParse(payload, out VlanTagView tag))
            {
                line.Add(TextLine.Truncated).Add(" vlan");
                return;
            }

            line.Add($"vlan {tag.VlanId}, p {tag.Priority}{(tag.DropEligible ? ", DEI" : "")}, ");
            type = tag.EtherType;
            payload = tag.Payload;
        }

        if ((ushort)type <= EthernetView.MaxLengthField) WriteLlc(line, (ushort)type, payload);
        else EtherTypeText.Write(line, type, payload);
    }

    /// <summary>IEEE 802.2 logical link control; SNAP (DSAP and SSAP 0xaa) names an EtherType of its own.</summary>
    private static void WriteLlc(TextLine line, ushort length, Span<byte> payload)
    {
        bool isCut = length > payload.Length;
        Span<byte> llc = payload[..Math.Min(length, payload.Length)];
        if (llc.Length < LlcLength)
        {
            line.Add(isCut ? TextLine.Truncated : "[malformed]").Add($" LLC, length {length}");
            return;
        }

        line.Add($"LLC, dsap 0x{llc[0]:x2}, ssap 0x{llc[1]:x2}, ctrl 0x{llc[2]:x2}");
        bool isSnap = llc is [0xaa, 0xaa, 0x03, _, _, _, _, _, ..];
        line.AddIf(isSnap, isSnap ? $", SNAP oui 0x{llc[3]:x2}{llc[4]:x2}{llc[5]:x2}, pid 0x{llc[6]:x2}{llc[7]:x2}" : "");
        line.Add($", length {length}").AddIf(isCut, " " + TextLine.Truncated);
    }
}
