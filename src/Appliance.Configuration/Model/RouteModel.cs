using System.Collections.Immutable;
using Appliance.Wire.Ip;

namespace Appliance.Configuration;

/// <summary>
/// A static route: to one or more next hops (by flow), or into nothing. <see cref="To" /> has no host bits and is no other route's.
/// </summary>
public sealed record RouteModel(IpPrefix To, ImmutableArray<NextHopModel> Via, bool Blackhole);
