using Appliance.Firewall;
using Appliance.Wire.Ip;

namespace Appliance.Benchmarks.Rules;

/// <summary>
/// What a header says, in 24 bytes: thousands of views would drive the rules out of the caches that a data path, which reads its views
/// from frames as they come, leaves to them.
/// </summary>
internal readonly record struct DrawnPacket(
    uint Source, uint Destination, ushort SourcePort, ushort DestinationPort, ushort Port, IpProtocol Protocol, RuleDirection Direction)
{
    public PacketView View() => new()
    {
        Family = 4,
        Frames = 1,
        Bytes = 60,
        Direction = Direction == RuleDirection.Out ? RuleDirection.Out : RuleDirection.In,
        Port = Port,
        ReceivedOn = Port,
        Protocol = Protocol,
        Source = Source,
        Destination = Destination,
        SourcePort = SourcePort,
        DestinationPort = DestinationPort,
        TcpFlags = Protocol == IpProtocol.Tcp ? (byte)2 : (byte)0,
        IcmpType = Protocol == IpProtocol.Icmp ? (byte)8 : (byte)0,
    };
}
