using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Appliance.Configuration;
using Appliance.Scenarios;

namespace Appliance.FirstBoot;

/// <summary>
/// What a hypervisor gives a VM to begin with, as cloud-init's data sources lay it out: NoCloud (a volume <c>cidata</c> with
/// <c>meta-data</c> and <c>user-data</c>) or ConfigDrive of OpenStack (<c>config-2</c>, <c>openstack/latest</c>). Both name the instance; a
/// seed of an instance that was seen before says nothing new, whatever an operator has changed since.
/// </summary>
/// <param name="Kind">For people.</param>
/// <param name="InstanceId">What the metadata says, else a digest of the user data.</param>
/// <param name="UserData">At most <see cref="MaximumBytes"/>.</param>
internal sealed record SeedVolume(string Kind, string InstanceId, byte[] UserData)
{
    /// <summary>Of user data and of metadata each: a table of networks fits, and a volume full of nonsense does no harm.</summary>
    public const int MaximumBytes = 16 << 20;

    private const int MaximumIdCharacters = 200;

    /// <summary>Null: the folder holds no seed, as where nothing was mounted there.</summary>
    /// <exception cref="FailedException">It holds one that cannot be read.</exception>
    public static SeedVolume? Read(string folder)
    {
        string drive = Path.Combine(folder, "openstack", "latest");
        if (TryRead(Path.Combine(folder, "user-data")) is { } userData)
            return Of("NoCloud", TextOf(TryRead(Path.Combine(folder, "meta-data"))) is { } text ? IdOfYaml(text) : null, userData);
        if (TryRead(Path.Combine(drive, "user_data")) is { } openStack)
            return Of("ConfigDrive", TryRead(Path.Combine(drive, "meta_data.json")) is { } json ? IdOfJson(json) : null, openStack);
        return null;
    }

    private static SeedVolume Of(string kind, string? id, byte[] userData) => new(
        kind, id is { Length: > 0 and <= MaximumIdCharacters } ? id : Convert.ToHexStringLower(SHA256.HashData(userData)), userData);

    private static string? IdOfYaml(string metaData)
    {
        string? id = null;
        var yaml = new YamlCursor("meta-data", metaData);
        yaml.ReadDocument("a mapping", key =>
        {
            if (key.Text is "instance-id" or "instance_id") id = yaml.ReadText("a word")?.Text;
            else yaml.Skip();
        });
        return id;
    }

    private static string? IdOfJson(byte[] metaData)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(metaData);
            bool isNamed = document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("uuid", out JsonElement id) && id.ValueKind == JsonValueKind.String;
            return isNamed ? document.RootElement.GetProperty("uuid").GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? TextOf(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);

    /// <summary>Null: there is no such file.</summary>
    private static byte[]? TryRead(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (Directory.Exists(path)) throw new FailedException($"{path}: it is a folder; expected a file");
            if (!file.Exists) return null;
            if (file.Length > MaximumBytes)
                throw new FailedException($"{path}: it has {file.Length} bytes; at most {MaximumBytes} are read");
            return NamedFile.Read(path, MaximumBytes);
        }
        catch (Exception failure) when (FileFault.IsOne(failure))
        {
            throw new FailedException($"{path}: cannot be read: {FileFault.Reason(path, failure)}");
        }
    }
}
