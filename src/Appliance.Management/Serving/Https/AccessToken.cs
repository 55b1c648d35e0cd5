using System.Security.Cryptography;
using System.Text;
using Appliance.Configuration;

namespace Appliance.Management;

/// <summary>What whoever speaks by https has to know. Kept as its digest; compared in a time that says nothing about it.</summary>
internal sealed class AccessToken
{
    /// <summary>Bytes, all of them visible ASCII.</summary>
    public const int MaximumBytes = 512;

    private readonly byte[] _digest;

    private AccessToken(ReadOnlySpan<byte> token) => _digest = SHA256.HashData(token);

    public bool Is(string presented) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(presented)), _digest);

    /// <summary>One line of a file that only its owner reads; a newline at its end does not count. Null: why not.</summary>
    public static AccessToken? Read(string path, out string fault)
    {
        if (!SecretFile.TryRead(path, out SecretText secret, out fault)) return null;
        ReadOnlySpan<byte> token = Encoding.UTF8.GetBytes(secret.Reveal());
        if (token.Length > MaximumBytes) fault = $"its token is longer than {MaximumBytes} bytes";
        else if (token.ContainsAnyExceptInRange((byte)'!', (byte)'~')) fault = "expected one line of visible ASCII without spaces";
        return fault.Length == 0 ? new AccessToken(token) : null;
    }
}
