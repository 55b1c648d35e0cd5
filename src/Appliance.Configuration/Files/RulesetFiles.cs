using Appliance.Firewall.Language;

namespace Appliance.Configuration;

/// <summary>
/// A ruleset's files on disk: paths are relative to a folder, and a name within a file is relative to that file's folder.
/// </summary>
/// <param name="folder">Of the configuration; empty: where the program was started.</param>
public sealed class RulesetFiles(string folder) : IRulesetFiles
{
    /// <summary>Bytes of one file; a table of some millions of networks fits.</summary>
    private const int MaximumBytes = 256 << 20;

    public bool TryRead(string path, out string text, out string reason)
    {
        (text, reason) = ("", "");
        string place = Path.Combine(folder, path);
        try
        {
            if (Directory.Exists(place)) reason = "it is a folder";
            else if (NamedFile.Read(place, MaximumBytes) is { Length: <= MaximumBytes } bytes) text = TextOf(bytes);
            else reason = $"it is longer than {MaximumBytes} bytes";
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            reason = "there is no such file";
        }
        catch (UnauthorizedAccessException)
        {
            reason = "permission denied";
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or NotSupportedException)
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

    private static string TextOf(byte[] bytes)
    {
        using var reader = new StreamReader(new MemoryStream(bytes));
        return reader.ReadToEnd();
    }
}
