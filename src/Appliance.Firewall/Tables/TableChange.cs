namespace Appliance.Firewall;

/// <summary>
/// What an edit of an <see cref="AddressTable"/> did. <paramref name="Unchanged"/>: entries that were there already, or not there to
/// delete.
/// <paramref name="Conflicting"/>: the prefix stands there with the opposite sign and was left so, as pf leaves it.
/// <paramref name="IsRefused"/>: the table would have become too long, and nothing was changed.
/// </summary>
public readonly record struct TableChange(int Added, int Deleted, int Unchanged, int Conflicting, bool IsRefused = false);
