using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Simulation;

/// <summary>
/// A host with one address that reaches everybody by its gateway. Its ARP is RFC 826: who is known is corrected by whatever it hears of
/// him, and asked for anew when nothing comes back from there.
/// </summary>
internal abstract class SimulatedHost : IStation
{
    public const ushort WebPort = 80, NamePort = 53;

    private const int MaxWaiting = 3;                                   // frames, while the gateway is asked for
    private const long AskAgain = Duration.Second;

    private readonly Ipv4Address _gateway;
    private readonly Cable _cable;
    private readonly Queue<byte[]> _waiting = [];
    private MacAddress? _gatewayMac;

    protected SimulatedHost(World world, Switch wires, string name, HostAddress address)
    {
        (World, Name, Address, _gateway) = (world, name, address.Own, address.Gateway);
        Mac = new MacAddress(0x0200_0000_0000UL | (address.Own.Value & 0xffff_ffff));
        _cable = wires.Connect(name, this, 0, hearsGroups: false);
    }

    public string Name { get; }

    public Ipv4Address Address { get; }

    public MacAddress Mac { get; }

    public Cable Cable => _cable;

    protected World World { get; }

    /// <summary>Sends a datagram to the gateway, as soon as that is known. Its Ethernet addresses are written here.</summary>
    public void Send(byte[] frame)
    {
        if (_gatewayMac is { } mac)
        {
            HostFrames.Address(frame, mac, Mac);
            _cable.FromNear(frame);
            return;
        }

        if (_waiting.Count == MaxWaiting) _waiting.Dequeue();
        _waiting.Enqueue(frame);
        if (_waiting.Count == 1) Ask();
    }

    /// <summary>Nothing comes back: the gateway may be elsewhere.</summary>
    public void DoubtGateway() => _gatewayMac = null;

    public void Hear(int port, byte[] frame)
    {
        if (!EthernetView.TryParse(frame, out EthernetView ethernet)) return;
        if (ethernet.EtherType == EtherType.Arp && ArpView.TryParse(ethernet.Payload, out ArpView arp)) Hear(arp);
        if (ethernet.Destination != Mac || ethernet.EtherType != EtherType.Ipv4) return;
        if (Ipv4View.TryParse(ethernet.Payload, out Ipv4View ip) && ip.Destination == Address) Take(ip);
    }

    /// <summary>A datagram to this host.</summary>
    protected abstract void Take(Ipv4View ip);

    private void Hear(ArpView arp)
    {
        bool isForUs = arp.TargetProtocolAddress == Address;
        if (arp.SenderProtocolAddress == _gateway && (isForUs || _gatewayMac is not null))
        {
            _gatewayMac = arp.SenderHardwareAddress;
            while (_waiting.TryDequeue(out byte[]? frame)) Send(frame);
        }

        if (!isForUs || arp.Operation != ArpOperation.Request) return;
        _cable.FromNear(HostFrames.Arp(ArpFields.ReplyTo(arp, Mac), arp.SenderHardwareAddress));
    }

    private void Ask()
    {
        if (_waiting.Count == 0 || _gatewayMac is not null) return;
        _cable.FromNear(HostFrames.Arp(new ArpFields(ArpOperation.Request, Mac, Address, default, _gateway), MacAddress.Broadcast));
        World.After(AskAgain, Ask);
    }
}
