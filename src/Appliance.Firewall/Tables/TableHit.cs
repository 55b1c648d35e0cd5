namespace Appliance.Firewall;

/// <summary>An entry that was found, and its slot in <see cref="TableCounters"/> (0 where the table does not count).</summary>
public readonly record struct TableHit(TableEntry Entry, int Slot);
