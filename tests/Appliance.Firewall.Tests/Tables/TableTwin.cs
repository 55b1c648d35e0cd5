using Appliance.Wire.Ip;

namespace Appliance.Firewall.Tests;

/// <summary>A table as a list: the longest entry that contains the address decides.</summary>
internal sealed class TableTwin
{
    private readonly SortedDictionary<(bool IsV6, UInt128 Network, int Length), bool> _entries = [];

    public int Count => _entries.Count;
    public IEnumerable<TableEntry> Entries =>
        _entries.Select(entry => new TableEntry(new IpPrefix(ToAddress(entry.Key), entry.Key.Length), entry.Value));

    public bool Add(TableEntry entry) => _entries.TryAdd(KeyOf(entry), entry.IsNegated);

    public bool Delete(TableEntry entry) =>
        _entries.TryGetValue(KeyOf(entry), out bool negated) && negated == entry.IsNegated && _entries.Remove(KeyOf(entry));

    public void Clear() => _entries.Clear();

    public bool Contains(IpAddress address)
    {
        int longest = -1;
        bool isMember = false;
        foreach (TableEntry entry in Entries)
        {
            if (!entry.Prefix.Contains(address) || entry.Prefix.Length <= longest) continue;
            (longest, isMember) = (entry.Prefix.Length, !entry.IsNegated);
        }

        return isMember;
    }

    private static (bool IsV6, UInt128 Network, int Length) KeyOf(TableEntry entry) =>
        (entry.Prefix.Address.IsV6, entry.Prefix.Network.Bits, entry.Prefix.Length);

    private static IpAddress ToAddress((bool IsV6, UInt128 Network, int Length) key) =>
        key.IsV6 ? new Ipv6Address(key.Network) : new Ipv4Address((uint)key.Network);
}
