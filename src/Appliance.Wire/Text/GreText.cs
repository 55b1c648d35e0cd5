using Appliance.Wire.Tunnels;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Text;

internal static class GreText
{
    public static void Write(TextLine line, IpPayload payload)
    {
        line.AddEndpoints(payload.Source, payload.Destination);
        if (!GreView.TryParse(payload.Bytes, out GreView gre))
        {
            line.Add($"GRE {WhyNot(payload)}, length {payload.DeclaredLength}");
            return;
        }

        line.Add("GREv0").AddIf(gre.HasKey, $", key 0x{gre.Key:x}").AddIf(gre.HasSequenceNumber, $", seq {gre.SequenceNumber}");
        line.Add($", proto {EtherTypeText.NameOf(gre.Protocol)}, length {payload.DeclaredLength}: ");
        EtherTypeText.Write(line, gre.Protocol, gre.Payload);
    }

    private static string WhyNot(IpPayload payload)
    {
        ushort flags = payload.Bytes.Length < GreView.MinHeaderLength ? (ushort)0 : ReadUInt16BigEndian(payload.Bytes);
        if ((flags & GreView.VersionMask) != 0) return $"[version {flags & GreView.VersionMask}]";
        return (flags & GreView.RoutingBit) != 0 ? "[source route]" : ProtocolText.ShortFault(payload);
    }
}
