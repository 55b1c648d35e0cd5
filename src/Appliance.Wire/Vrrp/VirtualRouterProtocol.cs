namespace Appliance.Wire.Vrrp;

/// <summary>Who speaks in a datagram of IP protocol 112.</summary>
public enum VirtualRouterProtocol
{
    Unknown,
    Carp,
    Vrrp2,
    Vrrp3,
}
