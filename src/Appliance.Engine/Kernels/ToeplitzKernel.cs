using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Appliance.Engine;

/// <summary>
/// The Toeplitz hash of 16 tuples at once. What input byte j adds to output byte t is an 8 by 8 matrix over GF(2) that depends on j + t
/// alone: its row a holds the key bits 8(j+t)+a … 8(j+t)+a+7. GF2P8AFFINEQB multiplies 64 bytes by such a matrix. With word w of 16
/// tuples in one register, one matrix for all of it gives every byte's part of the output byte s places further on, so that the hash is
/// the sum of seven products, each shifted by its s from −3 to 3.
/// </summary>
internal static unsafe class ToeplitzKernel
{
    /// <summary>Matrices for the longest input: one for each j + t.</summary>
    public const int MatrixCount = ToeplitzHash.MaxInputLength + 3;

    /// <summary>Each matrix is kept eight times side by side, as wide as a register.</summary>
    public const int MatrixWords = 8;

    private const int Lanes = 16;

    public static bool IsSupported => Gfni.V512.IsSupported && Avx512BW.IsSupported;

    /// <summary>The matrix for byte distance <paramref name="index"/>: its first row in the lowest byte.</summary>
    public static ulong Matrix(RssKey key, int index)
    {
        ulong matrix = 0;
        for (int row = 0; row < 8; row++)
        {
            int bits = 0;                                               // the coefficient of input bit c, least significant first
            for (int c = 0; c < 8; c++)
                bits |= KeyBit(key, (8 * index) + row + 7 - c) << c;
            matrix |= (ulong)bits << (8 * row);
        }

        return matrix;
    }

    /// <summary>
    /// Hashes <paramref name="tuples"/> tuples. Word w of tuple i is <c>words[w * stride + i]</c> as a number; whole groups of 16 are
    /// read and written, so the arrays reach to the next multiple of 16.
    /// </summary>
    public static void Hash(ulong* matrices, uint* words, int stride, int wordCount, int tuples, uint* hashes)
    {
        Vector512<byte> reversed = Vector512.Create(
            (byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12, 19, 18, 17, 16, 23, 22, 21, 20, 27, 26, 25, 24, 31, 30, 29, 28,
            35, 34, 33, 32, 39, 38, 37, 36, 43, 42, 41, 40, 47, 46, 45, 44, 51, 50, 49, 48, 55, 54, 53, 52, 59, 58, 57, 56, 63, 62, 61, 60);
        for (int first = 0; first < tuples; first += Lanes)
        {
            Vector512<byte> back3 = default, back2 = default, back1 = default, same = default, on1 = default, on2 = default, on3 = default;
            for (int word = 0; word < wordCount; word++)
            {
                Vector512<byte> x = Vector512.Load(words + (word * stride) + first).AsByte();
                ulong* m = matrices + (word * 4 * MatrixWords);
                back3 ^= Multiply(x, m);
                back2 ^= Multiply(x, m + MatrixWords);
                back1 ^= Multiply(x, m + (2 * MatrixWords));
                same ^= Multiply(x, m + (3 * MatrixWords));
                on1 ^= Multiply(x, m + (4 * MatrixWords));
                on2 ^= Multiply(x, m + (5 * MatrixWords));
                on3 ^= Multiply(x, m + (6 * MatrixWords));
            }

            // The first input byte is the highest of its word, the first output byte the lowest of its own: reversed at the end.
            Vector512<uint> sum = same.AsUInt32()
                ^ (back3.AsUInt32() >>> 24) ^ (back2.AsUInt32() >>> 16) ^ (back1.AsUInt32() >>> 8)
                ^ (on1.AsUInt32() << 8) ^ (on2.AsUInt32() << 16) ^ (on3.AsUInt32() << 24);
            Avx512BW.Shuffle(sum.AsByte(), reversed).AsUInt32().Store(hashes + first);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Multiply(Vector512<byte> bytes, ulong* matrix) =>
        Gfni.V512.GaloisFieldAffineTransform(bytes, Vector512.Load(matrix).AsByte(), 0);

    private static int KeyBit(RssKey key, int bit) => bit >= 8 * RssKey.Length ? 0 : (key.Bytes[bit >> 3] >> (7 - (bit & 7))) & 1;
}
