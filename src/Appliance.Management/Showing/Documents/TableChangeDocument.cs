namespace Appliance.Management;

/// <summary>What an edit of a table did.</summary>
/// <param name="Unchanged">Entries that were there already, or not there to delete.</param>
/// <param name="Conflicting">Entries that stand there with the opposite sign, and were left so.</param>
public sealed record TableChangeDocument(int Added, int Deleted, int Unchanged, int Conflicting);
