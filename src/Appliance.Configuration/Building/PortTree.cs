using System.Collections.Immutable;
using Appliance.Configuration.Asked;
using Appliance.Configuration.Keys;

namespace Appliance.Configuration.Building;

/// <summary>Who carries whom. Parents that would close a circle are reported and read as none, so that every walk up ends.</summary>
internal sealed class PortTree
{
    private readonly ImmutableArray<PortConfig> _ports;
    private readonly ErrorList _errors;
    private readonly int?[] _parents;

    public PortTree(ImmutableArray<PortConfig> ports, PortNames names, ErrorList errors)
    {
        (_ports, _errors) = (ports, errors);
        _parents = [.. ports.Select(port => names.Resolve(PortKeys.Parent, port.Parent))];
        CutCircles();
        CheckDepth();
        CheckVlans();
    }

    public int? ParentOf(int port) => _parents[port];

    private void CutCircles()
    {
        int[] walk = new int[_ports.Length];                          // 1 + the port whose walk came by; 0 = not yet
        for (int start = 0; start < _ports.Length; start++)
        {
            int? port = start;
            for (; port is { } here && walk[here] == 0; port = _parents[here]) walk[here] = start + 1;
            if (port is not { } met || walk[met] != start + 1) continue;
            ReportCircle(met);
            _parents[met] = null;
        }
    }

    private void ReportCircle(int port)
    {
        const int MaximumShown = 4;
        List<string> names = [_ports[port].Name.Value];
        int? next = _parents[port];
        for (; next != port && names.Count < MaximumShown; next = _parents[next!.Value]) names.Add(_ports[next!.Value].Name.Value);
        names.Add(next == port ? _ports[port].Name.Value : "…");
        _errors.Add(
            _ports[port].Parent!.Value.Position,
            $"parent: the port carries itself ({string.Join(" → ", names)}); expected a chain that ends at a port with a backend");
    }

    private void CheckDepth()
    {
        int?[] tags = new int?[_ports.Length];
        for (int port = 0; port < _ports.Length; port++)
        {
            if (CountTags(tags, port) == Limits.VlanTags + 1)
                _errors.Add(_ports[port].Parent!.Value.Position, $"parent: '{_ports[_parents[port]!.Value].Name.Value}' "
                    + $"already carries {Limits.VlanTags} VLAN tags, the most a frame has here; expected a port with fewer");
        }
    }

    private int CountTags(int?[] tags, int port)
    {
        Stack<int> chain = [];
        int? here = port;
        for (; here is { } known && tags[known] is null; here = _parents[known]) chain.Push(known);
        int count = here is { } counted ? tags[counted]!.Value : -1;
        while (chain.TryPop(out int next)) tags[next] = ++count;
        return tags[port]!.Value;
    }

    private void CheckVlans()
    {
        Dictionary<(int Parent, int Vlan), string> taken = [];
        for (int port = 0; port < _ports.Length; port++)
        {
            if (_parents[port] is not { } parent || _ports[port].Vlan is not { } vlan) continue;
            if (taken.TryAdd((parent, vlan.Value), _ports[port].Name.Value)) continue;
            string first = taken[(parent, vlan.Value)];
            _errors.Add(vlan.Position,
                $"vlan: {vlan.Value} of '{_ports[parent].Name.Value}' is the port '{first}' already; expected another VLAN id");
        }
    }
}
