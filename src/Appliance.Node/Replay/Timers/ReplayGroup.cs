using System.Collections.Immutable;
using Appliance.Failover;

namespace Appliance.Node;

/// <summary>A virtual host at the end of a replay; in JSON a row as of <c>show carp</c>.</summary>
/// <param name="State"><c>INIT</c>, <c>BACKUP</c> or <c>MASTER</c>.</param>
/// <param name="Interval">As configured.</param>
/// <param name="Demotion">In 1/256 seconds.</param>
/// <param name="Peer">Who is configured, or else who was heard last.</param>
public sealed record ReplayGroup(
    int Vhid,
    string Port,
    string State,
    CarpInterval Interval,
    int Demotion,
    ImmutableArray<string> Addresses,
    string? Peer,
    long Transitions);
