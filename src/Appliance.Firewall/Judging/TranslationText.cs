using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>For traces: the endpoints that a frame has been given.</summary>
internal static class TranslationText
{
    public static string Of(Frame frame)
    {
        Span<byte> datagram = frame.Datagram;
        bool v6 = frame.Info.Network == NetworkKind.Ipv6;
        IpAddress source = v6 ? Ipv6Address.Read(datagram[8..]) : Ipv4Address.Read(datagram[12..]);
        IpAddress destination = v6 ? Ipv6Address.Read(datagram[24..]) : Ipv4Address.Read(datagram[16..]);
        bool hasPorts = (frame.Info.Traits & FrameTraits.Ports) != FrameTraits.None;
        return hasPorts
            ? $"now {Of(source, frame.Info.SourcePort)} > {Of(destination, frame.Info.DestinationPort)}"
            : $"now {source} > {destination}";
    }

    private static string Of(IpAddress address, ushort port) => address.IsV6 ? $"[{address}]:{port}" : $"{address}:{port}";
}
