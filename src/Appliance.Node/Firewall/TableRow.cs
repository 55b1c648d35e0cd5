using Appliance.Firewall;

namespace Appliance.Node;

/// <summary>
/// An entry of a table and what was counted with it, by direction and by what became of the packet; zeros where the table does not count.
/// </summary>
public sealed record TableRow(TableEntry Entry, TableCount InBlock, TableCount InPass, TableCount OutBlock, TableCount OutPass);
