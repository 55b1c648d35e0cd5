namespace Appliance.Management;

/// <summary>What a change of the configuration did.</summary>
/// <param name="Generation">That is in force; 0: generations are not written.</param>
/// <param name="Changes">What is different from before.</param>
/// <param name="Warnings">What to heed.</param>
/// <param name="ConfirmWithinSeconds">Null: it stays.</param>
public sealed record ChangeDocument(int Generation, string[] Changes, string[] Warnings, int? ConfirmWithinSeconds);
