using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// Records of one kind, by number. The one given back last, still in the cache, is the next to be used; memory is touched as far as the
/// highest number ever in use.
/// </summary>
internal sealed class RecordPool<T>(int capacity, ITableMemory memory) : IDisposable where T : unmanaged
{
    private readonly NativeArray<int> _free = new(capacity, memory);
    private int _freeCount;

    public NativeArray<T> Records { get; } = new(capacity, memory);

    public int Capacity => capacity;

    /// <summary>In use.</summary>
    public int Count => EverUsed - _freeCount;

    /// <summary>Records below this number have been in use at some time, the others never.</summary>
    public int EverUsed { get; private set; }

    public unsafe long MemoryBytes => (long)EverUsed * (sizeof(T) + sizeof(int));

    /// <summary>False: all are in use. The record is all zero.</summary>
    public bool TryRent(out int index)
    {
        if (_freeCount > 0)
        {
            index = _free[--_freeCount];
            Records[index] = default;
            return true;
        }

        index = EverUsed;
        if (EverUsed == capacity) return false;
        EverUsed++;
        return true;
    }

    public void Return(int index) => _free[_freeCount++] = index;

    public void Dispose()
    {
        Records.Free();
        _free.Free();
    }
}
