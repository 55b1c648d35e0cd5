using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Appliance.Engine;

/// <summary>
/// A zeroed array outside the managed heap, aligned to a cache line. Pages cost memory only once they are written, so a large, mostly empty
/// table is cheap to make and to keep. A value of this type is a reference: copies name the same memory, and exactly one owner frees it.
/// </summary>
public readonly unsafe struct NativeArray<T>(int length, ITableMemory memory)
    where T : unmanaged
{
    public T* Pointer { get; } = (T*)memory.Allocate((nuint)length * (nuint)sizeof(T));
    public int Length { get; } = length;

    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            Debug.Assert((uint)index < (uint)Length, "index outside a native array");
            return ref Pointer[index];
        }
    }

    public Span<T> Slice(int start, int length)
    {
        Debug.Assert((uint)start <= (uint)Length && (uint)length <= (uint)(Length - start), "range outside a native array");
        return new Span<T>(Pointer + start, length);
    }

    /// <summary>Asks the cache for a part of an element, from a byte of it on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int index, int offset)
    {
        if (Sse.IsSupported) Sse.Prefetch0((byte*)(Pointer + index) + offset);
    }

    public void Free() => memory.Free((nint)Pointer, (nuint)Length * (nuint)sizeof(T));
}
