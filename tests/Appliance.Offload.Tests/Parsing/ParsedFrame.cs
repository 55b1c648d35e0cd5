using Appliance.Engine;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Offload.Tests.Parsing;

/// <summary>What a parser says of a frame. Of one that is refused only the reason counts, and the port that it reached.</summary>
internal sealed record ParsedFrame(DropReason Refused, int IngressPort)
{
    public EtherType EtherType { get; init; }
    public NetworkKind Network { get; init; }
    public int NetworkOffset { get; init; }
    public int TransportOffset { get; init; }
    public int DatagramLength { get; init; }
    public IpProtocol Protocol { get; init; }
    public FrameTraits Traits { get; init; }
    public ushort SourcePort { get; init; }
    public ushort DestinationPort { get; init; }

    public static ParsedFrame From(DropReason refused, in FrameInfo info)
    {
        var reached = new ParsedFrame(refused, info.IngressPort);
        if (refused != DropReason.None) return reached;
        return reached with
        {
            EtherType = info.EtherType,
            Network = info.Network,
            NetworkOffset = info.NetworkOffset,
            TransportOffset = info.TransportOffset,
            DatagramLength = info.DatagramLength,
            Protocol = info.Protocol,
            Traits = info.Traits,
            SourcePort = info.SourcePort,
            DestinationPort = info.DestinationPort,
        };
    }
}
