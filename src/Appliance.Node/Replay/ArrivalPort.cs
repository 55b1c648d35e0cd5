using System.Buffers.Binary;
using System.Collections.Immutable;
using Appliance.Routing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Node;

/// <summary>
/// Splits a capture that saw both directions: a frame enters at the port that its source is routed to, else at the first port named.
/// </summary>
internal sealed class ArrivalPort(RoutingModel model)
{
    public int Choose(ImmutableArray<int> ports, ReadOnlySpan<byte> frame)
    {
        if (ports.Length == 1 || !TryReadSource(frame, out IpAddress source)) return ports[0];
        int route = model.Find(source);
        if (route == RoutingModel.NoRoute) return ports[0];
        foreach (NextHop way in model.Routes[route].Ways)
        {
            int physical = model.Ports[way.Port].Physical;
            if (ports.Contains(physical)) return physical;
        }

        return ports[0];
    }

    private static bool TryReadSource(ReadOnlySpan<byte> frame, out IpAddress source)
    {
        source = default;
        if (frame.Length < EthernetView.HeaderLength) return false;
        var type = (EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[12..]);
        ReadOnlySpan<byte> rest = frame[EthernetView.HeaderLength..];
        while (type is EtherType.Vlan or EtherType.ServiceVlan && rest.Length >= 4)
        {
            type = (EtherType)BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            rest = rest[4..];
        }

        switch (type)
        {
            case EtherType.Ipv4 when rest.Length >= 20:
                source = Ipv4Address.Read(rest[12..]);
                return true;
            case EtherType.Ipv6 when rest.Length >= 40:
                source = Ipv6Address.Read(rest[8..]);
                return true;
            case EtherType.Arp when rest.Length >= 28:
                source = Ipv4Address.Read(rest[14..]);
                return true;
            default:
                return false;
        }
    }
}
