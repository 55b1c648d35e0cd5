using Appliance.Engine;
using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>Where frames of a flow are steered, when one has not the frame but what was quoted or kept of it.</summary>
internal static class ArrivalBucket
{
    /// <param name="rules">In force.</param>
    /// <param name="arriving">As on the wire of the port where the frames come in: their source is outside.</param>
    /// <param name="isReply">Of ICMP messages: they answer queries.</param>
    public static ushort Of(SteeringRules rules, in FlowKey arriving, bool isReply)
    {
        var tuple = new SteeringTuple(arriving.IsV6, arriving.Protocol, arriving.Outside, arriving.Inside);
        if (arriving.Protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp)
            return rules.BucketOf(tuple with { SourcePort = arriving.OutsidePort, DestinationPort = arriving.InsidePort, HasPorts = true });
        (ushort identifier, ushort type) = isReply
            ? (arriving.InsidePort, arriving.OutsidePort)
            : (arriving.OutsidePort, arriving.InsidePort);
        return rules.BucketOf(IsEcho(arriving.Protocol, arriving.IsV6, type) ? WithIdentifier(tuple, identifier) : tuple);
    }

    /// <summary>Of the frames that answer the flow of a quoted datagram: an error about it is for whom they are for.</summary>
    public static ushort OfAnswersTo(SteeringRules rules, in QuotedDatagram quoted)
    {
        var tuple = new SteeringTuple(quoted.IsV6, quoted.Protocol, quoted.Destination, quoted.Source);
        if (quoted.Kind is TrackKind.Tcp or TrackKind.Udp or TrackKind.Sctp)
            return rules.BucketOf(tuple with { SourcePort = quoted.DestinationPort, DestinationPort = quoted.SourcePort, HasPorts = true });
        bool isEcho = IsEcho(quoted.Protocol, quoted.IsV6, quoted.Query.QueryType);
        return rules.BucketOf(isEcho ? WithIdentifier(tuple, quoted.Query.Identifier) : tuple);
    }

    /// <summary>Of other messages the dispatcher looks at no identifier.</summary>
    private static bool IsEcho(IpProtocol protocol, bool v6, ushort type) =>
        v6 ? protocol == IpProtocol.Icmpv6 && type == (byte)Icmpv6Type.EchoRequest
            : protocol == IpProtocol.Icmp && type == (byte)IcmpType.EchoRequest;

    private static SteeringTuple WithIdentifier(in SteeringTuple tuple, ushort identifier) =>
        tuple with { SourcePort = identifier, DestinationPort = identifier, HasPorts = true };
}
