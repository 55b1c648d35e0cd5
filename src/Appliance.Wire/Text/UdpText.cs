using Appliance.Wire.Transport;

namespace Appliance.Wire.Text;

internal static class UdpText
{
    public static void Write(TextLine line, IpPayload payload)
    {
        if (!UdpView.TryParse(payload.Bytes, out UdpView udp))
        {
            ProtocolText.WriteBroken(line, payload, "UDP", ProtocolText.ShortFault(payload));
            return;
        }

        line.AddEndpoints(payload.Source, udp.SourcePort, payload.Destination, udp.DestinationPort).Add("UDP");
        line.Add(udp.LengthKind switch
        {
            UdpLengthKind.Zero => $", length {payload.DeclaredLength - UdpView.HeaderLength} [length field 0]",
            UdpLengthKind.BelowHeader => $" [length field {udp.Length} below 8]",
            _ => $", length {udp.Length - UdpView.HeaderLength}",
        });
        line.AddIf(udp.Length > payload.DeclaredLength && !payload.IsFirstFragment, $" [beyond IP length {payload.DeclaredLength}]");
    }
}
