using System.Buffers.Text;
using System.Text;
using Appliance.Scenarios;

namespace Appliance.FirstBoot;

/// <summary>
/// Reads user data. It is the configuration itself, or cloud-init's <c>#cloud-config</c>, of which two keys mean something here:
/// <c>write_files</c>, whose files belong beside the configuration, and <c>password</c>, the console's. Nothing in it is ever executed:
/// a script is refused, and what else cloud-config would do is noted and not done.
/// </summary>
internal sealed class UserData
{
    /// <summary>Files of one seed, at most.</summary>
    public const int MaximumFiles = 100;

    private const string CloudConfig = "#cloud-config";

    private readonly string _folder;
    private readonly string _configuration;
    private readonly YamlCursor _yaml;
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];
    private string? _password;

    private UserData(string text, string folder, string configuration) =>
        (_yaml, _folder, _configuration) = (new YamlCursor("user-data", text), folder, configuration);

    /// <param name="userData">As the seed holds it.</param>
    /// <param name="configuration">The full path that the configuration will have.</param>
    public static SeedContents Read(ReadOnlySpan<byte> userData, string configuration)
    {
        string name = Path.GetFileName(configuration), folder = Path.GetDirectoryName(configuration)!;
        if (userData is [0x1f, 0x8b, ..]) return Refused("it is compressed; expected text");
        string text = Encoding.UTF8.GetString(userData);
        if (text.Contains('\0', StringComparison.Ordinal)) return Refused("it is no text");
        if (text.StartsWith("#!", StringComparison.Ordinal)) return Refused("it is a script; no shell is ever started with user data");
        if (FirstLine(text).StartsWith("Content-Type:", StringComparison.OrdinalIgnoreCase))
            return Refused("it has several parts (MIME); expected #cloud-config, or the configuration");
        return FirstLine(text) == CloudConfig
            ? new UserData(text, folder, name).ReadCloudConfig()
            : new SeedContents([new SeedFile(name, userData.ToArray())], null, [], []);
    }

    private static SeedContents Refused(string why) => new([], null, [], [$"user-data: {why}"]);

    private static string FirstLine(string text) => new StringReader(text).ReadLine()?.TrimEnd() ?? "";

    private SeedContents ReadCloudConfig()
    {
        _yaml.ReadDocument("a mapping", key =>
        {
            switch (key.Text)
            {
                case "write_files":
                    _yaml.ReadSequence("a list of files", ReadFile);
                    break;
                case "password":
                    _password = _yaml.ReadText("a password")?.Text;
                    break;
                default:
                    _notes.Add($"{key.Position}: {key.Text}: not done here; of cloud-config write_files and password are");
                    _yaml.Skip();
                    break;
            }
        });
        if (_yaml.Faults.Count == 0 && !_files.ContainsKey(_configuration))
            _yaml.Fault("user-data", $"write_files has no {Path.Combine(_folder, _configuration)}, the configuration");
        return new SeedContents(
            [.. _files.Select(file => new SeedFile(file.Key, file.Value))], _password, [.. _notes], [.. _yaml.Faults]);
    }

    private void ReadFile()
    {
        Placed? path = null, content = null, encoding = null;
        string at = _yaml.Position;
        _yaml.ReadMapping("a file: path, content", "a key", key =>
        {
            switch (key.Text)
            {
                case "path": path = _yaml.ReadText("a path"); break;
                case "content": content = _yaml.ReadText("what the file holds"); break;
                case "encoding": encoding = _yaml.ReadText("b64"); break;
                default: _yaml.Skip(); break;                           // owner and permissions: the owner's alone, always
            }
        });
        if (path is not { } named || content is not { } held)
        {
            _yaml.Fault(at, "a file has a path and a content");
            return;
        }

        if (NameOf(named) is { } name && Decode(held, encoding) is { } bytes) Add(named, name, bytes);
    }

    private void Add(Placed path, string name, byte[] contents)
    {
        if (_files.ContainsKey(name)) _yaml.Fault(path.Position, $"{path.Text} stands here for the second time");
        else if (_files.Count == MaximumFiles) _yaml.Fault(path.Position, $"more than {MaximumFiles} files");
        else if (_files.Keys.FirstOrDefault(other => IsFolderOf(other, name) || IsFolderOf(name, other)) is { } other)
            _yaml.Fault(path.Position, $"{path.Text} and {_folder}/{other}: a file is no folder of another");
        else _files.Add(name, contents);
    }

    private static bool IsFolderOf(string name, string other) =>
        other.Length > name.Length && other[name.Length] == '/' && other.StartsWith(name, StringComparison.Ordinal);

    private static bool IsOwn(string name) => name is FirstConfiguration.InstanceFile or FirstConfiguration.PasswordFile
        || name.EndsWith(WholeFile.HalfWritten, StringComparison.Ordinal);

    /// <summary>Null, with a fault: it is not beneath the configuration's folder, or not a seed's to write.</summary>
    private string? NameOf(Placed path)
    {
        string prefix = _folder.EndsWith('/') ? _folder : _folder + "/";
        string[] parts = path.Text.StartsWith(prefix, StringComparison.Ordinal) ? path.Text[prefix.Length..].Split('/') : [];
        string name = string.Join('/', parts);
        if (parts.Length == 0 || parts.Any(part => part is "" or "." or ".." || part.Any(char.IsControl)))
            _yaml.Fault(path.Position, $"path {path.Text}: files of a seed stand beneath {prefix}");
        else if (IsOwn(name)) _yaml.Fault(path.Position, $"path {path.Text}: that name is the appliance's own");
        else return name;
        return null;
    }

    private byte[]? Decode(Placed content, Placed? encoding)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(content.Text);
        if (encoding is not { } named || named.Text is "text/plain") return bytes;
        if (named.Text is not ("b64" or "base64"))
        {
            _yaml.Fault(named.Position, $"encoding {named.Text}: expected b64, or none");
            return null;
        }

        byte[] decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(bytes.Length) + 3];
        if (Convert.TryFromBase64String(content.Text, decoded, out int written)) return decoded[..written];
        _yaml.Fault(content.Position, "content is not base64");
        return null;
    }
}
