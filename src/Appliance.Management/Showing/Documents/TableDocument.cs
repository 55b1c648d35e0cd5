namespace Appliance.Management;

/// <summary>A row of <c>show tables</c>.</summary>
/// <param name="Const">Nothing but another ruleset changes it.</param>
/// <param name="Counters">Whether packets are counted by entry.</param>
public sealed record TableDocument(string Name, int Entries, int MaximumEntries, bool Const, bool Persist, bool Counters);
