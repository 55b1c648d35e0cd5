namespace Appliance.Configuration;

/// <summary>What a port's frames come from and go to.</summary>
public enum PortBackend
{
    AfPacket,
    AfXdp,
    Tap,
    Memif,
    Netvsc,
    SharpPcap,
    Pcap,
}
