using System.Runtime.InteropServices;

namespace Appliance.Wire.Tests.Checksums;

/// <summary>Bytes at a chosen distance from a 64-byte border, with other bytes before and after that must not be looked at.</summary>
internal sealed class ChecksumData
{
    public const int Longest = 3000;
    private const int Margin = 64;
    private readonly byte[] _bytes = GC.AllocateArray<byte>(Longest + (4 * Margin), pinned: true);
    private readonly int _border;

    public ChecksumData(string kind, int seed)
    {
        _border = Margin + (int)((Margin - (Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0) & (Margin - 1))) & (Margin - 1));
        if (kind == "random") new Random(seed).NextBytes(_bytes);
        else _bytes.AsSpan().Fill(kind == "ones" ? (byte)0xff : (byte)0);
    }

    public Span<byte> At(int alignment, int length) => _bytes.AsSpan(_border + alignment, length);
}
