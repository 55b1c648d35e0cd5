using System.Collections.Immutable;
using System.Text;

namespace Appliance.Configuration;

/// <summary>
/// The passwords and the key that a pair's configuration names, read from their files. Apart from the model, which files do not change:
/// whoever runs the pair reads them anew with each configuration.
/// </summary>
public sealed class PairSecrets
{
    /// <summary>Hexadecimal digits of the sync key.</summary>
    public const int KeyDigits = 64;

    /// <summary>By which key a configuration names the file of the sync key.</summary>
    public const string KeyFile = "key-file";

    private const int MaximumPasswordBytes = 19;

    private readonly ImmutableDictionary<string, SecretText> _byPath;

    private PairSecrets(ImmutableDictionary<string, SecretText> byPath) => _byPath = byPath;

    /// <summary>Of a configuration that names no file.</summary>
    public static readonly PairSecrets None = new(ImmutableDictionary<string, SecretText>.Empty);

    /// <summary>Of who has no files: what each path would hold.</summary>
    public static PairSecrets Known(ImmutableDictionary<string, SecretText> byPath) => new(byPath);

    /// <summary>Reads what <paramref name="model"/> names; with errors, each at the place that names the file, null.</summary>
    /// <param name="model">The pair.</param>
    /// <param name="errors">All that is wrong.</param>
    public static PairSecrets? Read(RuntimeModel model, out ImmutableArray<ConfigurationError> errors)
    {
        var faults = ImmutableArray.CreateBuilder<ConfigurationError>();
        var secrets = ImmutableDictionary.CreateBuilder<string, SecretText>(StringComparer.Ordinal);
        foreach ((string key, FileReference named) in FilesOf(model)) Take(key, named, key == KeyFile ? WhyNoKey : WhyNoPassword);
        errors = faults.ToImmutable();
        return errors.IsEmpty ? new PairSecrets(secrets.ToImmutable()) : null;

        void Take(string key, FileReference named, Func<string, string> judge)
        {
            string problem = "";
            if (secrets.TryGetValue(named.Path, out SecretText? secret) || SecretFile.TryRead(named.Path, out secret, out problem))
            {
                secrets[named.Path] = secret;
                problem = judge(secret.Reveal());
            }

            if (problem.Length > 0) faults.Add(new ConfigurationError(named.NamedBy, named.Position, $"{key}: {named}: {problem}"));
        }
    }

    /// <summary>The files that it names, and by which key of the configuration.</summary>
    public static IEnumerable<(string Key, FileReference Named)> FilesOf(RuntimeModel model)
    {
        if (model.HighAvailability is not { } pair) yield break;
        foreach (CarpModel group in pair.Carp)
        {
            if (group.PasswordFile is { } password) yield return ("password-file", password);
        }

        if (pair.Sync is { } sync) yield return (KeyFile, sync.KeyFile);
    }

    /// <summary>What a file that was read holds.</summary>
    public SecretText this[FileReference file] => _byPath[file.Path];

    /// <summary>The password of a group; null: it has none.</summary>
    public SecretText? PasswordOf(CarpModel group) => group.PasswordFile is { } file ? this[file] : group.Password;

    private static string WhyNoPassword(string text)
    {
        int bytes = Encoding.UTF8.GetByteCount(text);
        return bytes <= MaximumPasswordBytes ? "" : $"the password has {bytes} bytes; expected at most {MaximumPasswordBytes}";
    }

    private static string WhyNoKey(string text)
    {
        bool isKey = text.Length == KeyDigits && text.All(char.IsAsciiHexDigit);
        return isKey ? "" : $"it holds no key; expected {KeyDigits} hexadecimal digits";
    }
}
