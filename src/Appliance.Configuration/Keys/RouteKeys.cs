using Appliance.Wire.Ip;

namespace Appliance.Configuration.Keys;

internal static class RouteKeys
{
    public static readonly ScalarKey<IpPrefix> To = new("to", Kinds.Destination) { IsRequired = true };
    public static readonly ListKey<NextHopText> Via = new("via", Kinds.NextHop, Limits.NextHops) { TakesOne = true, IsNonEmpty = true };
    public static readonly ScalarKey<string> Port = new("port", Kinds.PortReference);
    public static readonly ScalarKey<bool> Blackhole = new("blackhole", Kinds.Switch);

    public static readonly Section Section = new("a route", To, Via, Port, Blackhole);
}
