using System.Collections.Immutable;
using Appliance.Firewall.Language;

namespace Appliance.Firewall;

/// <summary>The numbers of tags, from 1 in the order of their first mention, whether it sets the tag or asks for it.</summary>
internal sealed class TagNumbers(ResolutionErrors errors)
{
    /// <summary>As many as pf has (TAGID_MAX).</summary>
    public const int Maximum = 50_000;

    private readonly Dictionary<string, ushort> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    public ImmutableArray<string> Names => [.. _names];

    /// <summary>0 for none.</summary>
    public ushort Of(string? name, SourcePosition position)
    {
        if (string.IsNullOrEmpty(name)) return 0;
        if (_numbers.TryGetValue(name, out ushort number)) return number;
        if (_names.Count == Maximum)
        {
            errors.Add(position, $"tag {name}: the ruleset has more than {Maximum} tags");
            return 0;
        }

        _names.Add(name);
        return _numbers[name] = (ushort)_names.Count;
    }
}
