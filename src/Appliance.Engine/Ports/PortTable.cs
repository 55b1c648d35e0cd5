using System.Collections.Immutable;

namespace Appliance.Engine;

/// <summary>All ports by index, and the sub-ports of each by VLAN.</summary>
public sealed class PortTable
{
    private readonly PortFacts[] _ports;
    private readonly short[]?[] _subports;          // by parent, then by VLAN identifier; -1: none

    public PortTable(ImmutableArray<PortFacts> ports)
    {
        _ports = [.. ports];
        _subports = new short[]?[ports.Length];
        foreach (PortFacts port in ports.Where(port => port.Parent != PortFacts.NoParent))
        {
            short[] byVlan = _subports[port.Parent] ??= NoSubports();
            byVlan[port.VlanId] = (short)port.Index;
        }
    }

    public int Count => _ports.Length;

    public PortFacts this[int index] => _ports[index];

    /// <summary>The sub-port of <paramref name="parent"/> for a VLAN, or -1.</summary>
    public int FindSubport(int parent, int vlanId) => _subports[parent] is { } byVlan ? byVlan[vlanId & 4095] : -1;

    private static short[] NoSubports()
    {
        var none = new short[4096];
        Array.Fill(none, (short)-1);
        return none;
    }
}
