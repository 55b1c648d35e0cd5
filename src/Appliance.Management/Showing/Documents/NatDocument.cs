namespace Appliance.Management;

/// <summary>A row of <c>show nat</c>: a rule that translates.</summary>
/// <param name="Kind"><c>nat</c>, <c>rdr</c>, <c>binat</c>, or <c>filter</c> for <c>nat-to</c> and <c>rdr-to</c>.</param>
/// <param name="States">That it has now; null: counted for filter rules only.</param>
public sealed record NatDocument(string Id, string Kind, string Rule, long? States);
