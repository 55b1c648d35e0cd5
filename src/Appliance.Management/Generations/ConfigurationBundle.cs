using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Appliance.Configuration;

namespace Appliance.Management;

/// <summary>
/// A configuration with the ruleset, includes and tables that it names: all that is needed to put it in force, whatever becomes of the
/// files
/// that it was read from. Files with secrets (keys, passwords, tokens) stay where they are and are named only.
/// </summary>
/// <param name="Path">Of the configuration file; full, since what it names is relative to its folder.</param>
/// <param name="Main">What the configuration file holds.</param>
/// <param name="Files">By name, as the configuration or another of these files names it.</param>
public sealed record ConfigurationBundle(string Path, byte[] Main, ImmutableSortedDictionary<string, byte[]> Files)
{
    /// <summary>Bytes of all that is in it, at most: a table of some millions of networks fits.</summary>
    public const int MaximumBytes = 128 << 20;

    /// <summary>Files beside the configuration, at most.</summary>
    public const int MaximumFiles = 1000;

    private string? _digest;

    public long Length => Main.Length + Files.Sum(file => (long)file.Value.Length);

    /// <summary>Hexadecimal SHA-256 of what the files hold and are called; not of where the configuration stands.</summary>
    public string Digest => _digest ??= ComputeDigest();

    /// <summary>Reads a configuration and all that it names; a file that changes meanwhile is read once.</summary>
    /// <param name="path">As the user gave it: errors name it so.</param>
    /// <param name="result">The model, or every error. Where there are errors the bundle may miss files.</param>
    public static ConfigurationBundle Read(string path, out ConfigurationResult result)
    {
        var files = new RecordedFiles(new RulesetFiles(System.IO.Path.GetDirectoryName(path) ?? ""));
        result = ConfigurationLoader.Load(path, files, out byte[] main);
        var bundle = new ConfigurationBundle(System.IO.Path.GetFullPath(path), main, files.Contents);
        if (result.Model is null || (bundle.Length <= MaximumBytes && bundle.Files.Count <= MaximumFiles)) return bundle;
        string size = $"it and the {bundle.Files.Count} files that it names have {bundle.Length} bytes";
        string most = $"at most {MaximumFiles} files and {MaximumBytes} bytes are taken";
        result = new ConfigurationResult(null, [new ConfigurationError(path, null, $"{size}; {most}")], []);
        return bundle;
    }

    /// <summary>The model, or every error; reads nothing but what is in the bundle.</summary>
    public ConfigurationResult Load() => ConfigurationLoader.LoadBytes(Main, Path, new BundledFiles(Files));

    private string ComputeDigest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, "", Main);
        foreach ((string name, byte[] contents) in Files) Append(hash, name, contents);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, string name, byte[] contents)
    {
        hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        hash.AppendData(SHA256.HashData(contents));
    }
}
