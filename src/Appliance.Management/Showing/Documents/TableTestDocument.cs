namespace Appliance.Management;

/// <summary>What <c>table test</c> found.</summary>
/// <param name="Members">Of the addresses that were asked for, those that are in the table.</param>
public sealed record TableTestDocument(string[] Members, int Asked);
