using System.Security.Cryptography;
using System.Text;

namespace Appliance.Running;

/// <summary>
/// Where an appliance keeps what outlives it: a folder for each configuration file, since two of them are two appliances.
/// </summary>
internal static class StateFolder
{
    private const string Default = "/var/lib/appliance";

    /// <summary>What systemd gives a service that has <c>StateDirectory=</c>.</summary>
    private const string Variable = "STATE_DIRECTORY";

    /// <param name="given">The folder that the user names; null: none.</param>
    /// <param name="configuration">The path of the configuration file.</param>
    public static string For(string? given, string configuration)
    {
        if (given is not null) return given;
        string path = Path.GetFullPath(configuration);
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)).AsSpan(0, 4));
        string folder = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } service ? service.Split(':')[0] : Default;
        return Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(path)}-{digest}");
    }
}
