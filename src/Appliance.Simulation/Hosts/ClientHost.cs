using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Simulation;

/// <summary>A host that talks: what comes back is given to the conversation whose it is.</summary>
internal sealed class ClientHost(World world, Switch wires, string name, HostAddress address) : SimulatedHost(world, wires, name, address)
{
    private readonly Dictionary<(IpProtocol, ushort), Conversation> _conversations = [];

    public void Open(Conversation conversation) => _conversations[(conversation.Protocol, conversation.OwnPort)] = conversation;

    public void Close(Conversation conversation) => _conversations.Remove((conversation.Protocol, conversation.OwnPort));

    protected override void Take(Ipv4View ip)
    {
        ushort port = ip.Protocol switch
        {
            IpProtocol.Icmp when IcmpView.TryParse(ip.Payload, out IcmpView icmp) => icmp.EchoIdentifier,
            IpProtocol.Udp when UdpView.TryParse(ip.Payload, out UdpView udp) => udp.DestinationPort,
            IpProtocol.Tcp when TcpView.TryParse(ip.Payload, out TcpView tcp) => tcp.DestinationPort,
            _ => 0,
        };
        if (_conversations.TryGetValue((ip.Protocol, port), out Conversation? conversation) && ip.Source == conversation.Server)
            conversation.Take(ip.Payload);
    }
}
