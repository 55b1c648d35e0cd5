using System.Collections.Frozen;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>Who answers to an address on a port's link.</summary>
/// <param name="entries">The configured neighbours.</param>
/// <param name="inventUnknown">Replay: an unknown neighbour gets 02:00 and the last four bytes of its address, since nobody can be
/// asked.</param>
public sealed class NeighbourTable(IEnumerable<KeyValuePair<(int Port, IpAddress Address), MacAddress>> entries, bool inventUnknown)
{
    private readonly FrozenDictionary<(int Port, IpAddress Address), MacAddress> _entries = entries.ToFrozenDictionary();

    /// <summary>Whether it was configured: what else is resolved is made up.</summary>
    public bool IsConfigured(int port, IpAddress address) => _entries.ContainsKey((port, address));

    public IEnumerable<(int Port, IpAddress Address, MacAddress Mac)> Configured =>
        _entries.Select(entry => (entry.Key.Port, entry.Key.Address, entry.Value));

    /// <summary>Whether both answer the same to every question.</summary>
    public bool IsSame(NeighbourTable other)
    {
        if (inventUnknown != other.InventsUnknown || _entries.Count != other._entries.Count) return false;
        return _entries.All(entry => other._entries.TryGetValue(entry.Key, out MacAddress mac) && mac == entry.Value);
    }

    private bool InventsUnknown => inventUnknown;

    public bool TryResolve(int port, IpAddress address, out MacAddress mac)
    {
        if (_entries.Count > 0 && _entries.TryGetValue((port, address), out mac)) return true;
        mac = new MacAddress(0x0200_0000_0000UL | (uint)address.Bits);
        return inventUnknown;
    }
}
