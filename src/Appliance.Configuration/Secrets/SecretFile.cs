using System.Security;
using System.Text;

namespace Appliance.Configuration;

/// <summary>
/// A file that nobody but its owner may read or write: one secret in one line (a trailing newline does not count), or anything else that is
/// secret. What it holds is in no message.
/// </summary>
public static class SecretFile
{
    /// <summary>Bytes; no secret is longer than some of them.</summary>
    public const int MaximumBytes = 4096;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>False: why not, and what would be right.</summary>
    public static bool TryRead(string path, out SecretText secret, out string problem)
    {
        secret = new SecretText("");
        return TryReadBytes(path, MaximumBytes, out byte[] bytes, out problem) && TryTake(bytes, out secret, out problem);
    }

    /// <summary>All of it. False: why not, and what would be right.</summary>
    public static bool TryReadBytes(string path, int maximumBytes, out byte[] bytes, out string problem)
    {
        bytes = [];
        try
        {
            using FileStream file = NamedFile.Open(path);
            problem = OperatingSystem.IsWindows() ? "" : ProblemOf(File.GetUnixFileMode(file.SafeFileHandle));
            if (problem.Length > 0) return false;
            byte[] held = NamedFile.Read(file, maximumBytes);
            if (held.Length > maximumBytes) problem = $"it is longer than {maximumBytes} bytes";
            else bytes = held;
            return problem.Length == 0;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or SecurityException or ArgumentException)
        {
            problem = failure switch
            {
                _ when Directory.Exists(path) => "it is a folder; expected a file",
                FileNotFoundException or DirectoryNotFoundException => "there is no such file",
                UnauthorizedAccessException or SecurityException => "permission denied",
                _ => failure.Message.ReplaceLineEndings(" "),
            };
            return false;
        }
    }

    private static string ProblemOf(UnixFileMode mode) => (mode & Others) == UnixFileMode.None
        ? ""
        : "others than its owner may read or write it; expected mode 600 (chmod 600)";

    private static bool TryTake(ReadOnlySpan<byte> bytes, out SecretText secret, out string problem)
    {
        secret = new SecretText("");
        problem = "";
        if (bytes.EndsWith("\n"u8)) bytes = bytes[..^1];
        if (bytes.EndsWith("\r"u8)) bytes = bytes[..^1];
        if (bytes.IndexOfAny((byte)'\n', (byte)'\r') >= 0) problem = "it has several lines; expected one line";
        else if (bytes.IsEmpty) problem = "it is empty; expected one line";
        else secret = new SecretText(Encoding.UTF8.GetString(bytes));
        return problem.Length == 0;
    }
}
