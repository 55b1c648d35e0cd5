using Appliance.Configuration;
using Appliance.Firewall.Language;

namespace Appliance.FirstBoot;

/// <summary>
/// The files that will stand beside the configuration once a seed is taken: the seed's over what stands there now. A file of the seed is
/// found by every name that will lead to it, its whole path among them, also where the folder is a link.
/// </summary>
internal sealed class SeedRulesets : IRulesetFiles
{
    private readonly Dictionary<string, byte[]> _files;
    private readonly string _folder;
    private readonly string? _target;                                   // of the folder, where it is a link
    private readonly RulesetFiles _standing;

    /// <param name="folder">Of the configuration, its full path.</param>
    /// <param name="files">Of the seed; each name once.</param>
    public SeedRulesets(string folder, IEnumerable<SeedFile> files)
    {
        (_folder, _standing) = (folder, new RulesetFiles(folder));
        _target = Directory.Exists(folder) ? Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName : null;
        _files = files.ToDictionary(file => file.Name, file => file.Contents, StringComparer.Ordinal);
    }

    public bool TryRead(string path, out string text, out string reason)
    {
        if (NameOf(path) is not { } name || !_files.TryGetValue(name, out byte[]? contents))
            return _standing.TryRead(path, out text, out reason);
        using var reader = new StreamReader(new MemoryStream(contents));
        (text, reason) = (reader.ReadToEnd(), "");
        return true;
    }

    public string Resolve(string from, string name) => _standing.Resolve(from, name);

    /// <summary>As a seed's file is called; null: it would not stand beneath the folder.</summary>
    private string? NameOf(string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal)) return null;
        string full = Path.GetFullPath(path, _folder);
        return Beneath(_folder, full) ?? (_target is null ? null : Beneath(_target, full));
    }

    private static string? Beneath(string folder, string full)
    {
        string prefix = folder.EndsWith('/') ? folder : folder + "/";
        return full.StartsWith(prefix, StringComparison.Ordinal) ? full[prefix.Length..] : null;
    }
}
