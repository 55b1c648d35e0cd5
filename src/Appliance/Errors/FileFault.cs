using System.Security;

namespace Appliance;

/// <summary>Why a file or folder could not be used, in words.</summary>
internal static class FileFault
{
    private const int WouldBlock = 11;                                  // EWOULDBLOCK: a lock is held on it
    private const int NoSpace = 28;                                     // ENOSPC

    /// <summary>What opening a file may throw for a path that a user gives.</summary>
    public static bool IsOne(Exception failure) =>
        failure is IOException or UnauthorizedAccessException or SecurityException or NotSupportedException;

    public static string Reason(string path, Exception failure) => failure switch
    {
        _ when Directory.Exists(path) => "it is a folder; expected a file",
        FileNotFoundException or DirectoryNotFoundException => "there is no such file",
        UnauthorizedAccessException or SecurityException => "permission denied",
        PathTooLongException => "the name is too long",
        IOException { HResult: WouldBlock } => "it is in use, perhaps as a capture of this replay",
        IOException { HResult: NoSpace } => "no space left on device",
        _ => failure.Message,
    };
}
