namespace Appliance.Management;

/// <summary>What <c>states kill</c> did.</summary>
/// <param name="Killed">States; two for a connection that passed through the appliance.</param>
public sealed record KillDocument(long Killed);
