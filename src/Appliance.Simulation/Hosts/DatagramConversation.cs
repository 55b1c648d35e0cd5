using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Simulation;

/// <summary>Over UDP: each question is echoed.</summary>
internal sealed class DatagramConversation(World world, ClientHost client, Ipv4Address server, int id)
    : Conversation(world, client, server, id)
{
    public override IpProtocol Protocol => IpProtocol.Udp;

    protected override byte[] Question()
    {
        Span<byte> payload = stackalloc byte[PayloadLength];
        WritePayload(payload);
        return HostFrames.Udp(Client.Address, Server, new UdpFields(OwnPort, SimulatedHost.NamePort, 0), payload);
    }

    protected override Answer Judge(Span<byte> transport) =>
        UdpView.TryParse(transport, out UdpView udp) && IsOurs(udp.Payload) ? Answer.Awaited : Answer.None;
}
