using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>Is told of what edits change in tables, by their writer.</summary>
internal interface ITableObserver
{
    /// <summary>A prefix is something else than before the edit, which is in force.</summary>
    /// <param name="table">Where.</param>
    /// <param name="prefix">Without host bits.</param>
    /// <param name="kind">What it is now; <see cref="TablePrefixKind.Deleted"/>: it is not there.</param>
    void OnEdit(AddressTable table, IpPrefix prefix, TablePrefixKind kind);
}
