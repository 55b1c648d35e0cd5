using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Routing;
using Appliance.Wire.Carp;

namespace Appliance.Node;

/// <summary>The addresses that a port shares with the other of a pair.</summary>
internal static class VirtualAddressBuilder
{
    public static IEnumerable<VirtualAddress> Of(RuntimeModel configuration, PortFacts port)
    {
        if (configuration.HighAvailability is not { } pair || port.VirtualHosts is not { } hosts) return [];
        return
            from model in pair.Carp
            where model.PortIndex == port.Index
            let vhid = (byte)model.Vhid
            let mac = UsesVirtualMac(model) ? CarpAddresses.VirtualMac(vhid) : port.Mac
            from address in model.Addresses
            select new VirtualAddress(address.Address, vhid, hosts, mac);
    }

    /// <summary>ucarp leaves the address at the MAC address of the box, and so must who lives beside it.</summary>
    private static bool UsesVirtualMac(CarpModel model) =>
        model is { LinkAddress: CarpLinkAddress.Virtual, Dialect: not CarpDialect.Ucarp };
}
