using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Appliance.Wire.Carp;

/// <summary>
/// The password of a virtual host, good for making and checking digests and for nothing else: no member, no text and no debugger view
/// of it says what it is, so it cannot get into a log or a report by accident.
/// </summary>
[DebuggerDisplay("(a CARP key)")]
public sealed class CarpKey
{
    /// <summary>Bytes. The kernel's key has 20 with its terminator (FreeBSD: CARP_KEY_LEN), and ucarp takes no more either.</summary>
    public const int MaxPasswordLength = 19;

    /// <summary>No password: twenty zeros, which is a key like any other, known to all.</summary>
    public static readonly CarpKey None = new([]);

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly byte[] _padded = new byte[MaxPasswordLength + 1];

    private CarpKey(ReadOnlySpan<byte> password) => password.CopyTo(_padded);

    /// <summary>Padded with zeros; HMAC pads further, so the padding changes nothing (RFC 2104 §2).</summary>
    internal ReadOnlySpan<byte> Bytes => _padded;

    /// <summary>
    /// False when the password has no byte, more than 19, or one of zero, which would end it in other systems. The bytes are copied.
    /// </summary>
    public static bool TryCreate(ReadOnlySpan<byte> password, [NotNullWhen(true)] out CarpKey? key)
    {
        bool isFit = password.Length is > 0 and <= MaxPasswordLength && !password.Contains((byte)0);
        key = isFit ? new CarpKey(password) : null;
        return isFit;
    }

    /// <summary>Whether both are the same password, in a time that does not depend on where they differ.</summary>
    public bool IsSameAs(CarpKey other) => CryptographicOperations.FixedTimeEquals(_padded, other._padded);

    public override string ToString() => "(a CARP key)";
}
