using Appliance.Firewall.Language;

namespace Appliance.Testing;

/// <summary>The files of a ruleset, in memory.</summary>
public sealed class RulesetTexts : IRulesetFiles
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    public RulesetTexts With(string path, string text)
    {
        _texts[path] = text;
        return this;
    }

    public bool TryRead(string path, out string text, out string reason)
    {
        bool isThere = _texts.TryGetValue(path, out string? found);
        (text, reason) = (found ?? "", isThere ? "" : "there is no such file");
        return isThere;
    }

    public string Resolve(string from, string name) => Path.Combine(Path.GetDirectoryName(from) ?? "", name);
}
