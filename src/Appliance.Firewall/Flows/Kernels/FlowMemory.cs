using System.Runtime.CompilerServices;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// Memory of a flow table. Address space is taken at once, memory only where something is written: that is
/// how a table can be made for its limit, grow a page at a time, and never has to be copied. Copies name the same memory, and exactly one
/// owner frees it.
/// </summary>
internal readonly unsafe struct FlowMemory<T>(int length, ITableMemory memory) where T : unmanaged
{
    private readonly NativeArray<T> _array = new(length, memory);

    public T* Pointer => _array.Pointer;

    public int Length => _array.Length;

    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _array[index];
    }

    /// <summary>Asks the cache for a part of an element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int index, int offset) => _array.Prefetch(index, offset);

    public void Free() => _array.Free();
}
