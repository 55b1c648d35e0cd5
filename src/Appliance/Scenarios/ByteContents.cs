using System.Diagnostics.CodeAnalysis;

namespace Appliance.Scenarios;

/// <summary>Byte arrays are the same when their bytes are.</summary>
internal sealed class ByteContents : IEqualityComparer<byte[]>
{
    public static readonly ByteContents Same = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode([DisallowNull] byte[] obj)
    {
        var hash = new HashCode();
        hash.AddBytes(obj);
        return hash.ToHashCode();
    }
}
