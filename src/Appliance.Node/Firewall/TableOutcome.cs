using Appliance.Firewall;

namespace Appliance.Node;

/// <summary>What an edit of a table did, or why it did nothing.</summary>
public readonly record struct TableOutcome(TableFault Fault, TableChange Change);
