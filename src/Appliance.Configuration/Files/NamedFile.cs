namespace Appliance.Configuration;

/// <summary>
/// Reads a file that somebody names, in a configuration or on the command line: a regular one, and no more of it than is asked for. A pipe
/// without a writer would be waited for, and a device need not have an end.
/// </summary>
public static class NamedFile
{
    private const string Empty = "/dev/null", Input = "/dev/stdin";
    private static readonly string[] s_open = ["/dev/fd/", "/proc/self/fd/"];

    /// <summary>
    /// Whether a path leads to a pipe, device or socket: only the system can say, and this room does not ask it. The program sets it before
    /// it reads anything; without that whatever can be opened is read.
    /// </summary>
    public static Func<string, bool> IsSpecial { get; set; } = _ => false;

    /// <exception cref="IOException">It cannot be opened, or is not to be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be.</exception>
    public static FileStream Open(string path)
    {
        if (IsSpecial(path) && !IsGiven(path)) throw new IOException("it is not a regular file");
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    }

    /// <summary>All that it holds; of one that holds more, a byte more than may be.</summary>
    /// <inheritdoc cref="Open"/>
    public static byte[] Read(string path, int maximumBytes)
    {
        using FileStream file = Open(path);
        return Read(file, maximumBytes);
    }

    /// <inheritdoc cref="Read(string,int)"/>
    public static byte[] Read(FileStream file, int maximumBytes)
    {
        long told = file.CanSeek ? Math.Min(file.Length, maximumBytes) : 0;
        byte[] bytes = new byte[Math.Max(told, 4095) + 1];
        int count = 0;
        while (true)
        {
            int read = file.ReadAtLeast(bytes.AsSpan(count), bytes.Length - count, throwOnEndOfStream: false);
            count += read;
            if (count < bytes.Length || count > maximumBytes) return bytes[..Math.Min(count, maximumBytes + 1)];
            Array.Resize(ref bytes, (int)Math.Min(2L * count, maximumBytes + 1L));
        }
    }

    /// <summary>What ends at once, and what whoever started the program holds open for it: a shell's <c>&lt;(…)</c>, or a pipe.</summary>
    private static bool IsGiven(string path) =>
        path is Empty or Input || s_open.Any(folder => path.StartsWith(folder, StringComparison.Ordinal));
}
