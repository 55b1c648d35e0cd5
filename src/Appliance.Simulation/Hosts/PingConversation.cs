using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;

namespace Appliance.Simulation;

/// <summary>ICMP echo.</summary>
internal sealed class PingConversation(World world, ClientHost client, Ipv4Address server, int id)
    : Conversation(world, client, server, id)
{
    public override IpProtocol Protocol => IpProtocol.Icmp;

    protected override byte[] Question()
    {
        Span<byte> payload = stackalloc byte[PayloadLength];
        WritePayload(payload);
        return HostFrames.Icmp(Client.Address, Server, IcmpFields.EchoRequest(OwnPort, (ushort)Turn), payload);
    }

    protected override Answer Judge(Span<byte> transport) =>
        IcmpView.TryParse(transport, out IcmpView icmp) && icmp.Type == IcmpType.EchoReply && IsOurs(icmp.Body)
            ? Answer.Awaited
            : Answer.None;
}
