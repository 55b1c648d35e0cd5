using System.Security.Cryptography;
using System.Text;

namespace Appliance.Management;

/// <summary>What whoever speaks by https has to know. Kept as its digest; compared in a time that says nothing about it.</summary>
internal sealed class AccessToken
{
    /// <summary>Bytes, all of them visible ASCII.</summary>
    public const int MaximumBytes = 512;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly byte[] _digest;

    private AccessToken(ReadOnlySpan<byte> token) => _digest = SHA256.HashData(token);

    public bool Is(string presented) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(presented)), _digest);

    /// <summary>One line of a file that only its owner reads; a newline at its end does not count. Null: why not.</summary>
    public static AccessToken? Read(string path, out string fault)
    {
        if (!TryReadPrivate(path, out byte[] contents, out fault)) return null;
        ReadOnlySpan<byte> token = contents;
        if (token.EndsWith("\n"u8)) token = token[..^1];
        if (token.EndsWith("\r"u8)) token = token[..^1];
        fault = token.IsEmpty ? "it is empty; expected a token in one line"
            : token.Length > MaximumBytes ? $"its token is longer than {MaximumBytes} bytes"
            : token.ContainsAnyExceptInRange((byte)'!', (byte)'~') ? "expected one line of visible ASCII without spaces" : "";
        return fault.Length == 0 ? new AccessToken(token) : null;
    }

    /// <summary>A file that nobody but its owner can read or write.</summary>
    public static bool TryReadPrivate(string path, out byte[] contents, out string fault)
    {
        contents = [];
        try
        {
            using FileStream file = File.OpenRead(path);
            fault = (File.GetUnixFileMode(file.SafeFileHandle) & Others) != 0
                ? $"others than its owner can read it or write to it; expected no more than 600 (chmod 600 {path})"
                : file.Length > 1 << 20 ? "it is too long" : "";
            if (fault.Length > 0) return false;
            contents = new byte[file.Length];
            file.ReadExactly(contents);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            fault = failure.Message;
            return false;
        }
    }
}
