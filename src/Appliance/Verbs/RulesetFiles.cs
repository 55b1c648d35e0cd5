using Appliance.Firewall.Language;

namespace Appliance.Verbs;

/// <summary>A ruleset's files on disk; a name within a file is relative to that file's folder.</summary>
internal sealed class RulesetFiles : IRulesetFiles
{
    /// <summary>Bytes of one file; a table of some millions of networks fits.</summary>
    private const long MaximumLength = 256 << 20;

    public bool TryRead(string path, out string text, out string reason)
    {
        (text, reason) = ("", "");
        try
        {
            var file = new FileInfo(path);
            if (Directory.Exists(path)) reason = "it is a folder";
            else if (file.Exists && file.Length > MaximumLength) reason = $"it is longer than {MaximumLength} bytes";
            else text = File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            reason = "there is no such file";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            reason = failure.Message;
        }

        return reason.Length == 0;
    }

    public string Resolve(string from, string name)
    {
        string plain = name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;
        return Path.Combine(Path.GetDirectoryName(from) ?? "", plain);
    }
}
