using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Appliance.Engine;

/// <summary>
/// The Toeplitz hash of 32 tuples at once. What input byte j adds to output byte t is an 8 by 8 matrix over GF(2) that depends on j + t
/// alone: its row a holds the key bits 8(j+t)+a … 8(j+t)+a+7. GF2P8AFFINEQB multiplies each 8 bytes of a register by a matrix of their
/// own. So the tuples are brought into this order, in which every byte of a product is of use and the sums are nearly done:
/// <code>
///   load       one 16-byte load a tuple and block:  tuple 0: w0 w1 w2 w3 | tuple 4: … | tuple 8: … | tuple 12: …
///   transpose  word w of 16 tuples:                 tuple 0, 1, 2, 3 | 4 … | 8 … | 12 …
///   spread     word w of 32 tuples:                 byte 0 of each | byte 1 of each,  and  byte 2 of each | byte 3 of each
///   multiply   what two bytes add to byte t:        by the first   | by the second                           t = 0 … 3
///   fold       the sum of both halves:              t0 of each | t1 of each,  and  t2 of each | t3 of each
///   gather     one 32-bit number a tuple
/// </code>
/// </summary>
internal static unsafe class ToeplitzKernel
{
    /// <summary>Tuples that are hashed at once.</summary>
    public const int GroupLength = 32;

    private const int RegisterLength = 8;                               // 64-bit numbers

    /// <summary>
    /// The table of matrices, in 64-bit numbers: register k has the matrix for j + t = k in its lower half, that for k + 1 in its upper.
    /// </summary>
    public const int TableLength = (ToeplitzHash.MaxInputLength + 2) * RegisterLength;

    public static bool IsSupported => Gfni.V512.IsSupported && Avx512Vbmi.IsSupported && Avx512BW.IsSupported;

    public static void FillTable(RssKey key, Span<ulong> table)
    {
        for (int i = 0; i < table.Length; i++)
            table[i] = Matrix(key, (i / RegisterLength) + (i % RegisterLength / (RegisterLength / 2)));
    }

    /// <summary>
    /// Hashes tuples of 12 bytes, whole groups, one at least; <see cref="ToeplitzHash.HashIpv4"/> says what is read. A group's tuples are
    /// loaded before the group ahead of it is multiplied: the two need different parts of the processor.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]                         // it needs all registers for itself
    public static void HashIpv4(ulong* table, nint* tuples, int count, bool ordered, uint* hashes)
    {
        Ipv4Words low = LoadIpv4(tuples, ordered), high = LoadIpv4(tuples + 16, ordered);
        for (nint* last = tuples + count - GroupLength; ; hashes += GroupLength)
        {
            Ipv4Words a = low, b = high;
            bool isLast = tuples == last;
            if (!isLast)
            {
                tuples += GroupLength;
                low = LoadIpv4(tuples, ordered);
                high = LoadIpv4(tuples + 16, ordered);
            }

            Vector512<byte> t0 = default, t1 = default, t2 = default, t3 = default;
            Add(a.Source, b.Source, table, 0, ref t0, ref t1, ref t2, ref t3);
            Add(a.Destination, b.Destination, table, 1, ref t0, ref t1, ref t2, ref t3);
            Add(a.Ports, b.Ports, table, 2, ref t0, ref t1, ref t2, ref t3);
            Store(t0, t1, t2, t3, hashes);
            if (isLast) return;
        }
    }

    /// <summary>Hashes tuples of 36 bytes, whole groups: s are the words of the source, d those of the destination.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void HashIpv6(ulong* table, nint* tuples, int count, bool ordered, uint* hashes)
    {
        for (int i = 0; i < count; i += GroupLength, tuples += GroupLength, hashes += GroupLength)
        {
            LoadIpv6(
                tuples, ordered,
                out Vector512<uint> s0, out Vector512<uint> s1, out Vector512<uint> s2, out Vector512<uint> s3,
                out Vector512<uint> d0, out Vector512<uint> d1, out Vector512<uint> d2, out Vector512<uint> d3, out Vector512<uint> ports);
            LoadIpv6(
                tuples + 16, ordered,
                out Vector512<uint> s4, out Vector512<uint> s5, out Vector512<uint> s6, out Vector512<uint> s7,
                out Vector512<uint> d4, out Vector512<uint> d5, out Vector512<uint> d6, out Vector512<uint> d7, out Vector512<uint> ports2);
            Vector512<byte> t0 = default, t1 = default, t2 = default, t3 = default;
            Add(s0, s4, table, 0, ref t0, ref t1, ref t2, ref t3);
            Add(s1, s5, table, 1, ref t0, ref t1, ref t2, ref t3);
            Add(s2, s6, table, 2, ref t0, ref t1, ref t2, ref t3);
            Add(s3, s7, table, 3, ref t0, ref t1, ref t2, ref t3);
            Add(d0, d4, table, 4, ref t0, ref t1, ref t2, ref t3);
            Add(d1, d5, table, 5, ref t0, ref t1, ref t2, ref t3);
            Add(d2, d6, table, 6, ref t0, ref t1, ref t2, ref t3);
            Add(d3, d7, table, 7, ref t0, ref t1, ref t2, ref t3);
            Add(ports, ports2, table, 8, ref t0, ref t1, ref t2, ref t3);
            Store(t0, t1, t2, t3, hashes);
        }
    }

    /// <summary>The words of 16 tuples of IPv4.</summary>
    private struct Ipv4Words
    {
        public Vector512<uint> Source, Destination, Ports;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Ipv4Words LoadIpv4(nint* tuples, bool ordered)
    {
        Transpose(tuples, -4, out _, out Vector512<uint> source, out Vector512<uint> destination, out Vector512<uint> ports);
        if (ordered)
        {
            Vector512<uint> later = Compare(source, destination, IsSourcePortLater(ports));
            Exchange(later, ref source, ref destination);
            ports = TurnPorts(later, ports);
        }

        return new Ipv4Words { Source = source, Destination = destination, Ports = ports };
    }

    /// <summary>The words of 16 tuples of IPv6.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadIpv6(
        nint* tuples, bool ordered,
        out Vector512<uint> s0, out Vector512<uint> s1, out Vector512<uint> s2, out Vector512<uint> s3,
        out Vector512<uint> d0, out Vector512<uint> d1, out Vector512<uint> d2, out Vector512<uint> d3, out Vector512<uint> ports)
    {
        Transpose(tuples, 0, out s0, out s1, out s2, out s3);
        Transpose(tuples, 16, out d0, out d1, out d2, out d3);
        Transpose(tuples, 20, out _, out _, out _, out ports);
        if (!ordered) return;
        Vector512<uint> later = Compare(s3, d3, IsSourcePortLater(ports));              // the least significant word first
        later = Compare(s2, d2, later);
        later = Compare(s1, d1, later);
        later = Compare(s0, d0, later);
        Exchange(later, ref s0, ref d0);
        Exchange(later, ref s1, ref d1);
        Exchange(later, ref s2, ref d2);
        Exchange(later, ref s3, ref d3);
        ports = TurnPorts(later, ports);
    }

    /// <summary>
    /// Reads 16 bytes at <paramref name="offset"/> of 16 tuples: four words, each of all tuples side by side, in the order of memory.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        nint* tuples, int offset, out Vector512<uint> w0, out Vector512<uint> w1, out Vector512<uint> w2, out Vector512<uint> w3)
    {
        Vector512<uint> r0 = LoadEveryFourth(tuples, offset), r1 = LoadEveryFourth(tuples + 1, offset);
        Vector512<uint> r2 = LoadEveryFourth(tuples + 2, offset), r3 = LoadEveryFourth(tuples + 3, offset);
        Vector512<ulong> low01 = Avx512F.UnpackLow(r0, r1).AsUInt64(), low23 = Avx512F.UnpackLow(r2, r3).AsUInt64();
        Vector512<ulong> high01 = Avx512F.UnpackHigh(r0, r1).AsUInt64(), high23 = Avx512F.UnpackHigh(r2, r3).AsUInt64();
        w0 = Avx512F.UnpackLow(low01, low23).AsUInt32();
        w1 = Avx512F.UnpackHigh(low01, low23).AsUInt32();
        w2 = Avx512F.UnpackLow(high01, high23).AsUInt32();
        w3 = Avx512F.UnpackHigh(high01, high23).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> LoadEveryFourth(nint* tuples, int offset)
    {
        Vector256<byte> low = Vector128.Load((byte*)tuples[0] + offset).ToVector256Unsafe()
            .WithUpper(Vector128.Load((byte*)tuples[4] + offset));
        Vector256<byte> high = Vector128.Load((byte*)tuples[8] + offset).ToVector256Unsafe()
            .WithUpper(Vector128.Load((byte*)tuples[12] + offset));
        return low.ToVector512Unsafe().WithUpper(high).AsUInt32();
    }

    /// <summary>All ones where the source is greater, and where the two are equal what it was there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Compare(Vector512<uint> source, Vector512<uint> destination, Vector512<uint> whereEqual)
    {
        Vector512<uint> left = Number(source), right = Number(destination);
        return Vector512.GreaterThan(left, right) | (Vector512.Equals(left, right) & whereEqual);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> IsSourcePortLater(Vector512<uint> ports)
    {
        Vector512<uint> number = Number(ports);
        return Vector512.GreaterThan(number, Avx512F.RotateLeft(number, 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exchange(Vector512<uint> where, ref Vector512<uint> one, ref Vector512<uint> other)
    {
        Vector512<uint> differs = (one ^ other) & where;
        one ^= differs;
        other ^= differs;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> TurnPorts(Vector512<uint> where, Vector512<uint> ports) =>
        Vector512.ConditionalSelect(where, Avx512F.RotateLeft(ports, 16), ports);

    /// <summary>The numbers that the words' bytes are in network order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Number(Vector512<uint> words) =>
        Avx512BW.Shuffle(words.AsByte(), Vector512.Create(
            (byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12, 19, 18, 17, 16, 23, 22, 21, 20, 27, 26, 25, 24, 31, 30, 29, 28,
            35, 34, 33, 32, 39, 38, 37, 36, 43, 42, 41, 40, 47, 46, 45, 44, 51, 50, 49, 48, 55, 54, 53, 52, 59, 58, 57, 56, 63, 62, 61, 60))
        .AsUInt32();

    /// <summary>Adds to the sums of the four output bytes what one word of 32 tuples adds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        Vector512<uint> low, Vector512<uint> high, ulong* table, int word,
        ref Vector512<byte> t0, ref Vector512<byte> t1, ref Vector512<byte> t2, ref Vector512<byte> t3)
    {
        Vector512<byte> bytes01 = Avx512Vbmi.PermuteVar64x8x2(low.AsByte(), Vector512.Create(
            (byte)0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60,
            64, 68, 72, 76, 80, 84, 88, 92, 96, 100, 104, 108, 112, 116, 120, 124,
            1, 5, 9, 13, 17, 21, 25, 29, 33, 37, 41, 45, 49, 53, 57, 61,
            65, 69, 73, 77, 81, 85, 89, 93, 97, 101, 105, 109, 113, 117, 121, 125), high.AsByte());
        Vector512<byte> bytes23 = Avx512Vbmi.PermuteVar64x8x2(low.AsByte(), Vector512.Create(
            (byte)2, 6, 10, 14, 18, 22, 26, 30, 34, 38, 42, 46, 50, 54, 58, 62,
            66, 70, 74, 78, 82, 86, 90, 94, 98, 102, 106, 110, 114, 118, 122, 126,
            3, 7, 11, 15, 19, 23, 27, 31, 35, 39, 43, 47, 51, 55, 59, 63,
            67, 71, 75, 79, 83, 87, 91, 95, 99, 103, 107, 111, 115, 119, 123, 127), high.AsByte());
        ulong* matrices = table + (word * 4 * RegisterLength);          // the word's first byte is input byte 4 * word
        t0 = Sum(t0, Multiply(bytes01, matrices, 0), Multiply(bytes23, matrices, 2));
        t1 = Sum(t1, Multiply(bytes01, matrices, 1), Multiply(bytes23, matrices, 3));
        t2 = Sum(t2, Multiply(bytes01, matrices, 2), Multiply(bytes23, matrices, 4));
        t3 = Sum(t3, Multiply(bytes01, matrices, 3), Multiply(bytes23, matrices, 5));
    }

    /// <summary>Adds the two halves of each sum and puts the hashes together, the first output byte as the highest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<byte> t0, Vector512<byte> t1, Vector512<byte> t2, Vector512<byte> t3, uint* hashes)
    {
        Vector512<byte> t01 = AddHalves(t0.AsUInt64(), t1.AsUInt64()), t23 = AddHalves(t2.AsUInt64(), t3.AsUInt64());
        Avx512Vbmi.PermuteVar64x8x2(t01, Vector512.Create(
            (byte)96, 64, 32, 0, 97, 65, 33, 1, 98, 66, 34, 2, 99, 67, 35, 3, 100, 68, 36, 4, 101, 69, 37, 5, 102, 70, 38, 6,
            103, 71, 39, 7, 104, 72, 40, 8, 105, 73, 41, 9, 106, 74, 42, 10, 107, 75, 43, 11, 108, 76, 44, 12, 109, 77, 45, 13,
            110, 78, 46, 14, 111, 79, 47, 15), t23).AsUInt32().Store(hashes);
        Avx512Vbmi.PermuteVar64x8x2(t01, Vector512.Create(
            (byte)112, 80, 48, 16, 113, 81, 49, 17, 114, 82, 50, 18, 115, 83, 51, 19, 116, 84, 52, 20, 117, 85, 53, 21, 118, 86, 54, 22,
            119, 87, 55, 23, 120, 88, 56, 24, 121, 89, 57, 25, 122, 90, 58, 26, 123, 91, 59, 27, 124, 92, 60, 28, 125, 93, 61, 29,
            126, 94, 62, 30, 127, 95, 63, 31), t23).AsUInt32().Store(hashes + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> AddHalves(Vector512<ulong> one, Vector512<ulong> other) =>
        (Avx512F.Shuffle4x128(one, other, 0b01_00_01_00) ^ Avx512F.Shuffle4x128(one, other, 0b11_10_11_10)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Multiply(Vector512<byte> bytes, ulong* matrices, int index) =>
        Gfni.V512.GaloisFieldAffineTransform(bytes, Vector512.Load(matrices + (index * RegisterLength)).AsByte(), 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Sum(Vector512<byte> a, Vector512<byte> b, Vector512<byte> c) =>
        Avx512F.TernaryLogic(a, b, c, 0x96);                            // exclusive or of all three

    /// <summary>The matrix for byte distance <paramref name="index"/>: its first row in the lowest byte.</summary>
    private static ulong Matrix(RssKey key, int index)
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

    private static int KeyBit(RssKey key, int bit) => bit >= 8 * RssKey.Length ? 0 : (key.Bytes[bit >> 3] >> (7 - (bit & 7))) & 1;
}
