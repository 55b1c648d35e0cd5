namespace Appliance.Firewall.Language;

/// <summary>The macros of one ruleset. The last value set counts; all uses together may add a bounded length.</summary>
internal sealed class Macros
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private long _expanded;

    public void Set(string name, string value) => _values[name] = value;

    /// <summary>A macro's value; null with the reason when it is not defined or the ruleset has used too much of them.</summary>
    public string? Use(string name, out string reason)
    {
        reason = $"macro '{name}' not defined";
        if (!_values.TryGetValue(name, out string? value)) return null;
        _expanded += value.Length;
        if (_expanded <= PfLimits.MacroExpansion) return value;
        reason = $"macros expand to more than {PfLimits.MacroExpansion} characters";
        return null;
    }
}
