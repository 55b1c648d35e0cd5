using System.Collections.Immutable;
using Appliance.Configuration.Asked;
using Appliance.Configuration.Keys;

namespace Appliance.Configuration.Building;

/// <summary>The indexes of the ports by name.</summary>
internal sealed class PortNames
{
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);
    private readonly ErrorList _errors;

    public PortNames(ImmutableArray<PortConfig> ports, ErrorList errors)
    {
        _errors = errors;
        for (int index = 0; index < ports.Length; index++) _indexes.Add(ports[index].Name.Value, index);
    }

    public bool Contains(string name) => _indexes.ContainsKey(name);

    /// <summary>Null when the reference is absent, or names no port, which is then reported.</summary>
    public int? Resolve(Key key, Positioned<string>? reference)
    {
        if (reference is not { } name) return null;
        if (_indexes.TryGetValue(name.Value, out int index)) return index;
        string nearest = _errors.IsFull ? "" : Wording.DidYouMean(name.Value, _indexes.Keys);
        _errors.Add(name.Position,
            $"{key.Name}: there is no port {Wording.Quote(name.Value)}{nearest}; expected the name of a port under 'ports'");
        return null;
    }
}
