using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Appliance.Routing.Fib;

/// <summary>
/// A zeroed array outside the managed heap, aligned to cache lines. Pages cost memory only once they are written, so a large, mostly empty
/// table is cheap to make and to keep. A value of this type is a reference: copies name the same memory, and exactly one owner frees it.
/// </summary>
internal readonly unsafe struct NativeArray<T>
    where T : unmanaged
{
    private const int Alignment = 64;                                 // bytes: a cache line
    private readonly void* _allocation;

    public NativeArray(int length)
    {
        // Not AlignedAlloc, which does not zero: zeroing by hand would touch every page.
        _allocation = NativeMemory.AllocZeroed((((nuint)length * (nuint)sizeof(T)) + Alignment));
        Pointer = (T*)(((nuint)_allocation + Alignment - 1) & ~(nuint)(Alignment - 1));
        Length = length;
    }

    public T* Pointer { get; }
    public int Length { get; }

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

    public void Free() => NativeMemory.Free(_allocation);
}
