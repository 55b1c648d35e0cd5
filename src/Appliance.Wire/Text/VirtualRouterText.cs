using Appliance.Wire.Carp;
using Appliance.Wire.Vrrp;

namespace Appliance.Wire.Text;

/// <summary>CARP and VRRP, in the words of <c>tcpdump -T carp</c> and of <c>tcpdump</c>.</summary>
internal static class VirtualRouterText
{
    public static void Write(TextLine line, IpPayload payload)
    {
        line.AddEndpoints(payload.Source, payload.Destination);
        switch (VirtualRouterProtocols.Identify(payload.Bytes))
        {
            case VirtualRouterProtocol.Carp: WriteCarp(line, payload); break;
            case VirtualRouterProtocol.Vrrp2 or VirtualRouterProtocol.Vrrp3: WriteVrrp(line, payload); break;
            default: WriteUnknown(line, payload); break;
        }
    }

    private static void WriteCarp(TextLine line, IpPayload payload)
    {
        int type = payload.Bytes[0] & 0xf;
        line.Add($"CARPv2-{(type == CarpView.AdvertisementType ? "advertise" : $"type {type}")} {payload.DeclaredLength}: ");
        if (!CarpView.TryParse(payload.Bytes, out CarpView carp))
        {
            line.Add(ProtocolText.ShortFault(payload));
            return;
        }

        line.Add($"vhid={carp.Vhid} advbase={carp.AdvertisementBaseSeconds} advskew={carp.AdvertisementSkew}");
        line.Add($" authlen={carp.AuthenticationLength}").AddIf(carp.Demotion != 0, $" demote={carp.Demotion}");
        line.Add($" counter={carp.Counter}").AddIf(!carp.IsChecksumValid, " [bad checksum]");
    }

    private static void WriteVrrp(TextLine line, IpPayload payload)
    {
        line.Add($"VRRPv{payload.Bytes[0] >> 4}, ");
        if (!VrrpView.TryParse(payload.Bytes, out VrrpView vrrp))
        {
            line.Add($"{ProtocolText.ShortFault(payload)}, length {payload.DeclaredLength}");
            return;
        }

        line.Add(vrrp.Type == VrrpView.AdvertisementType ? "Advertisement" : $"type {vrrp.Type}");
        line.Add($", vrid {vrrp.VirtualRouterId}, prio {vrrp.Priority}");
        if (vrrp.Version == 2) line.Add($", authtype {NameOf(vrrp.AuthenticationType)}, intvl {vrrp.IntervalSeconds}s");
        else line.Add($", intvl {vrrp.IntervalCentiseconds}cs");
        line.Add($", length {payload.DeclaredLength}");
    }

    private static void WriteUnknown(TextLine line, IpPayload payload)
    {
        string version = payload.Bytes.IsEmpty ? ProtocolText.ShortFault(payload) : $"version {payload.Bytes[0] >> 4}";
        line.Add($"VRRP or CARP, {version}, length {payload.DeclaredLength}");
    }

    private static string NameOf(byte authenticationType) => authenticationType switch
    {
        0 => "none",
        1 => "simple",
        2 => "ah",
        _ => $"{authenticationType}",
    };
}
