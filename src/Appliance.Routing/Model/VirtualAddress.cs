using Appliance.Engine;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>An address that a pair shares: the box's own while it is the virtual host.</summary>
/// <param name="Vhid">Of the virtual host, among those of its port.</param>
/// <param name="Hosts">Of the port: which of them the box is.</param>
/// <param name="Mac">At which neighbours find it: the virtual host's, or the port's.</param>
public sealed record VirtualAddress(IpAddress Address, byte Vhid, VirtualHosts Hosts, MacAddress Mac)
{
    public bool IsHeld => Hosts.IsHeld(Vhid);

    /// <summary>What it is to the box at this moment.</summary>
    public AddressUse Use => IsHeld ? AddressUse.Own : Hosts.IsTaken(Vhid) ? AddressUse.Lingering : AddressUse.Standby;
}
