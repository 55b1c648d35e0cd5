using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Appliance.Engine;

/// <summary>
/// An array that begins with a cache line and is never moved, so that what is laid out in lines is read in lines. No index is checked:
/// whoever searches goes by counts that were written together with the array.
/// </summary>
public readonly struct AlignedArray<T> where T : unmanaged
{
    private const int LineBytes = 64;
    private readonly T[] _array;
    private readonly int _offset;

    public AlignedArray(int length)
    {
        Length = length;
        _array = GC.AllocateArray<T>(length + (LineBytes / Unsafe.SizeOf<T>()), pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0);
        _offset = (int)(-address & (LineBytes - 1)) / Unsafe.SizeOf<T>();
    }

    public int Length { get; }

    /// <summary>The bytes it takes, those left free before the first line included.</summary>
    public long MemoryBytes => (long)_array.Length * Unsafe.SizeOf<T>();

    public Span<T> Span => _array.AsSpan(_offset, Length);

    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_array), _offset + index);
    }

    public static AlignedArray<T> Of(ReadOnlySpan<T> values)
    {
        var array = new AlignedArray<T>(values.Length);
        values.CopyTo(array.Span);
        return array;
    }
}
