using System.Text;

namespace Appliance.Configuration;

/// <summary>How the appliance is spoken to: the control socket's path, and the REST API if it is asked for.</summary>
public sealed record ManagementModel(string SocketPath, HttpsModel? Https)
{
    public const string DefaultSocketPath = "/run/appliance/appliance.sock";

    /// <summary>Bytes of the path of a Unix socket without its terminator (unix(7): sun_path has 108).</summary>
    public const int MaximumSocketPathBytes = 107;

    /// <summary>Null: a socket has room for this path, from the root; else what is wrong with it, and what would be right.</summary>
    public static string? SocketPathProblem(string path)
    {
        int bytes = Encoding.UTF8.GetByteCount(Path.GetFullPath(path));
        return bytes <= MaximumSocketPathBytes
            ? null
            : $"the path has {bytes} bytes from the root; expected at most {MaximumSocketPathBytes}";
    }
}
