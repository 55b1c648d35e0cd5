using System.Collections.Immutable;
using Appliance.Wire.Ip;

namespace Appliance.Configuration;

/// <summary>
/// A CARP group on a port (by index). The password stands here, in a file, or there is none. <see cref="Peer" /> null: adverts go to the
/// group address; <see cref="Peer6"/> is for IPv6 where <see cref="Peer"/> is an IPv4 address.
/// <see cref="AdvertisementBaseSeconds" /> 1–255, <see cref="AdvertisementSkew" /> 0–254, in 1/256 s (carp(4)).
/// </summary>
public sealed record CarpModel
{
    public required int Vhid { get; init; }
    public required int PortIndex { get; init; }
    public required ImmutableArray<IpPrefix> Addresses { get; init; }
    public SecretText? Password { get; init; }
    public FileReference? PasswordFile { get; init; }
    public int AdvertisementBaseSeconds { get; init; } = 1;
    public int AdvertisementSkew { get; init; }
    public IpAddress? Peer { get; init; }
    public IpAddress? Peer6 { get; init; }
    public CarpLinkAddress LinkAddress { get; init; }
    public CarpDialect Dialect { get; init; }
}
