using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Appliance.Firewall;

/// <summary>
/// A zeroed array outside the managed heap, aligned to a cache line. Address space is taken at once, memory only where something is
/// written: that is how a table can be made for its limit, grow a page at a time, and never has to be copied. Copies name the same memory,
/// and exactly one owner frees it.
/// </summary>
internal readonly unsafe struct FlowMemory<T> where T : unmanaged
{
    private const int Alignment = 64;                                   // bytes

    private readonly void* _allocation;

    public FlowMemory(int length)
    {
        // Not AlignedAlloc, which does not zero: zeroing by hand would touch every page.
        _allocation = NativeMemory.AllocZeroed(((nuint)length * (nuint)sizeof(T)) + Alignment);
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
            Debug.Assert((uint)index < (uint)Length, "index outside of its memory");
            return ref Pointer[index];
        }
    }

    /// <summary>Asks the cache for a part of an element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int index, int offset)
    {
        if (Sse.IsSupported) Sse.Prefetch0((byte*)(Pointer + index) + offset);
    }

    public void Free() => NativeMemory.Free(_allocation);
}
