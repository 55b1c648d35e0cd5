using System.Collections.Immutable;
using System.Text;
using Appliance.Firewall.Language;

namespace Appliance.Management;

/// <summary>Remembers what was read of other files, so that each is read once and all of it can be kept.</summary>
internal sealed class RecordedFiles(IRulesetFiles files) : IRulesetFiles
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    public ImmutableSortedDictionary<string, byte[]> Contents => _texts.ToImmutableSortedDictionary(
        file => file.Key, file => Encoding.UTF8.GetBytes(file.Value), StringComparer.Ordinal);

    public bool TryRead(string path, out string text, out string reason)
    {
        reason = "";
        if (_texts.TryGetValue(path, out text!)) return true;
        if (!files.TryRead(path, out text, out reason)) return false;
        _texts[path] = text;
        return true;
    }

    public string Resolve(string from, string name) => files.Resolve(from, name);
}
