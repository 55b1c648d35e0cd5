using Appliance.Firewall.Language;

namespace Appliance.Firewall.Tests.Language;

/// <summary>Ruleset files in memory, with one folder's files behind them where one is given.</summary>
internal sealed class TextFiles(string? folder = null) : IRulesetFiles
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    public TextFiles With(string path, string text)
    {
        _texts[path] = text;
        return this;
    }

    public bool TryRead(string path, out string text, out string reason)
    {
        reason = "no such file";
        if (_texts.TryGetValue(path, out text!)) return true;
        string file = Path.Combine(folder ?? "/nowhere", path);
        bool exists = folder is not null && File.Exists(file);
        text = exists ? File.ReadAllText(file) : "";
        return exists;
    }

    public string Resolve(string from, string name) => name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;
}
