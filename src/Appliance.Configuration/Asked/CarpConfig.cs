using System.Collections.Immutable;
using Appliance.Wire.Ip;

namespace Appliance.Configuration.Asked;

internal sealed record CarpConfig(TextPosition Position, bool IsSound)
{
    public Positioned<int>? Vhid { get; init; }
    public Positioned<string>? Port { get; init; }
    public ImmutableArray<Positioned<IpPrefix>> Addresses { get; init; } = [];
    public Positioned<SecretText>? Password { get; init; }
    public Positioned<string>? PasswordFile { get; init; }
    public Positioned<int>? Advbase { get; init; }
    public Positioned<int>? Advskew { get; init; }
    public Positioned<IpAddress>? Peer { get; init; }
    public Positioned<IpAddress>? Peer6 { get; init; }
    public Positioned<CarpLinkAddress>? Mac { get; init; }
    public Positioned<CarpDialect>? Dialect { get; init; }
}
