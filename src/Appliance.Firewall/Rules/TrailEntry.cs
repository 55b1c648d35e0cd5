namespace Appliance.Firewall;

/// <summary>
/// A rule that matched and did not decide: a match rule, or one that a later rule overruled. <paramref name="Gathered"/>: a match rule,
/// whose counters later packets of the state count too. <paramref name="IsLogged"/>: it has the packet logged.
/// </summary>
public readonly record struct TrailEntry(int Rule, bool Gathered, bool IsLogged);
