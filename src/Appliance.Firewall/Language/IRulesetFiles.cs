namespace Appliance.Firewall.Language;

/// <summary>Where a ruleset's text comes from. The language itself opens no file.</summary>
public interface IRulesetFiles
{
    /// <summary>The whole text of a file; false with the reason when it cannot be had.</summary>
    bool TryRead(string path, out string text, out string reason);

    /// <summary>The path of a file that <paramref name="from" /> names: relative names are relative to the folder of that file.</summary>
    string Resolve(string from, string name);
}
