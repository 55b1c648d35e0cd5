using System.Collections.Immutable;
using System.Text;
using Appliance.Configuration;
using Appliance.Firewall.Language;

namespace Appliance.Management;

/// <summary>The files of a <see cref="ConfigurationBundle"/>, and no others.</summary>
internal sealed class BundledFiles(ImmutableSortedDictionary<string, byte[]> files) : IRulesetFiles
{
    private readonly RulesetFiles _names = new("");

    public bool TryRead(string path, out string text, out string reason)
    {
        bool isThere = files.TryGetValue(path, out byte[]? contents);
        text = isThere ? Encoding.UTF8.GetString(contents!) : "";
        reason = isThere ? "" : "it did not come with the configuration";
        return isThere;
    }

    public string Resolve(string from, string name) => _names.Resolve(from, name);
}
