using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Configuration.Keys;

internal static class NeighborKeys
{
    public static readonly ScalarKey<string> Port = new("port", Kinds.PortReference) { IsRequired = true };
    public static readonly ScalarKey<IpAddress> Address = new("address", Kinds.Address) { IsRequired = true };
    public static readonly ScalarKey<MacAddress> Mac = new("mac", Kinds.Mac) { IsRequired = true };

    public static readonly Section Section = new("a neighbor", Port, Address, Mac);
}
