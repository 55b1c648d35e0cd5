namespace Appliance.Node;

/// <summary>The log's accounts: records that were read, and packets that found no room in it.</summary>
public sealed record LogAccounts(long Records, long Lost);
