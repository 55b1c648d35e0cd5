using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// The place of a value among sorted ones, by a tree that is written into one array: levels of whole cache lines, the top first, each
/// element the first of a line of the level below. A look takes one line and one vector comparison a level: 17 ways by 32-bit
/// elements, so that 65,536 of them are 4 levels deep.
/// </summary>
internal static class RankSearch
{
    private const int LineBytes = 64;

    /// <summary>Elements that the tree of so many takes, at least one line.</summary>
    public static int Storage<T>(int count) where T : unmanaged
    {
        int sum = 0;
        for (int level = Levels<T>(count) - 1; level >= 0; level--) sum += Padded<T>(Length<T>(count, level));
        return sum;
    }

    /// <summary>Writes the tree of <paramref name="sorted"/>, which is not empty and ascends strictly.</summary>
    public static void Write<T>(ReadOnlySpan<T> sorted, Span<T> into) where T : unmanaged, IMinMaxValue<T>
    {
        int offset = 0;
        for (int level = Levels<T>(sorted.Length) - 1; level >= 0; level--)
        {
            int length = Length<T>(sorted.Length, level), padded = Padded<T>(length);
            for (int i = 0; i < length; i++) into[offset + i] = sorted[i << (level * Shift<T>())];
            into.Slice(offset + length, padded - length).Fill(T.MaxValue);
            offset += padded;
        }
    }

    public static AlignedArray<T> Create<T>(ReadOnlySpan<T> sorted) where T : unmanaged, IMinMaxValue<T>
    {
        var tree = new AlignedArray<T>(Storage<T>(sorted.Length));
        Write(sorted, tree.Span);
        return tree;
    }

    /// <summary>
    /// The index of the last element that is not greater than the value. The first element must not be: trees begin with 0.
    /// <paramref name="tree"/> is the first element of a tree of <paramref name="count"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FindLast<T>(ref T tree, int count, T value) where T : unmanaged
    {
        ref T line = ref tree;
        int index = 0, level = Levels<T>(count) - 1;
        while (true)
        {
            int length = Length<T>(count, level);
            int notGreater = CountNotGreater(ref Unsafe.Add(ref line, index << Shift<T>()), value);
            index = Math.Min((index << Shift<T>()) + notGreater, length) - 1;     // padding is not greater than the greatest value
            if (level == 0) return index;
            level--;
            line = ref Unsafe.Add(ref line, Padded<T>(length));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CountNotGreater<T>(ref T line, T value) where T : unmanaged
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<T> notGreater = Vector512.LessThanOrEqual(Vector512.LoadUnsafe(ref line), Vector512.Create(value));
            return BitOperations.PopCount(notGreater.ExtractMostSignificantBits());
        }

        Vector256<T> sought = Vector256.Create(value);
        Vector256<T> low = Vector256.LessThanOrEqual(Vector256.LoadUnsafe(ref line), sought);
        Vector256<T> high = Vector256.LessThanOrEqual(Vector256.LoadUnsafe(ref line, (nuint)Vector256<T>.Count), sought);
        return BitOperations.PopCount(low.ExtractMostSignificantBits()) + BitOperations.PopCount(high.ExtractMostSignificantBits());
    }

    /// <summary>log2 of the elements in a line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Shift<T>() where T : unmanaged => BitOperations.Log2((uint)(LineBytes / Unsafe.SizeOf<T>()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Levels<T>(int count) where T : unmanaged =>
        count <= 1 ? 1 : (BitOperations.Log2((uint)(count - 1)) / Shift<T>()) + 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Length<T>(int count, int level) where T : unmanaged => ((count - 1) >> (level * Shift<T>())) + 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Padded<T>(int length) where T : unmanaged => (length + (1 << Shift<T>()) - 1) >> Shift<T>() << Shift<T>();
}
