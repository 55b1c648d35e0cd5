using System.Collections.Immutable;
using Appliance.Configuration.Keys;
using Appliance.Wire.Ip;

namespace Appliance.Configuration.Asked;

internal sealed record RouteConfig(
    TextPosition Position,
    bool IsSound,
    Positioned<IpPrefix>? To,
    ImmutableArray<Positioned<NextHopText>> Via,
    TextPosition? ViaPosition,
    Positioned<string>? Port,
    Positioned<bool>? Blackhole);
