namespace Appliance.Firewall;

internal enum TablePrefixKind : byte
{
    Member,
    Negated,
    Deleted,                    // in the layer of changes only: hides the same prefix of the layer below
}
