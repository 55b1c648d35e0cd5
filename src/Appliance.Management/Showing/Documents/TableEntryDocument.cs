namespace Appliance.Management;

/// <summary>An entry of a table: a prefix, <c>!</c> before it where it is negated, and what was counted with it.</summary>
public sealed record TableEntryDocument(
    string Entry, CountDocument InBlock, CountDocument InPass, CountDocument OutBlock, CountDocument OutPass);
