namespace Appliance.Firewall;

/// <summary>
/// An entry as a <see cref="PrefixLayer"/> stores it. Sorted by network, then length: what contains others stands before them.
/// </summary>
internal readonly record struct TablePrefix(UInt128 Network, byte Length, TablePrefixKind Kind, int Slot) : IComparable<TablePrefix>
{
    public int CompareTo(TablePrefix other)
    {
        int byNetwork = Network.CompareTo(other.Network);
        return byNetwork != 0 ? byNetwork : Length.CompareTo(other.Length);
    }

    /// <summary>The last address within.</summary>
    public UInt128 Last(int bits) => Length == bits ? Network : Network | (UInt128.MaxValue >> (128 - bits + Length));
}
