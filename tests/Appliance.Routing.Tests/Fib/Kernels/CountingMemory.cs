using Appliance.Engine;

namespace Appliance.Routing.Tests.Fib;

/// <summary>Ordinary table memory that can say how many of its pages hold anything but zeros, and that all of it was given back.</summary>
internal sealed unsafe class CountingMemory : ITableMemory, IDisposable
{
    private const int PageSize = 4096;
    private readonly Dictionary<nint, nuint> _handedOut = [];
    private CountingMemory? _sparse;

    ITableMemory ITableMemory.Sparse => Sparse;

    /// <summary>Counted apart.</summary>
    public CountingMemory Sparse => _sparse ??= new CountingMemory();

    public nint Allocate(nuint bytes)
    {
        nint address = ProcessMemory.Instance.Allocate(bytes);
        _handedOut.Add(address, bytes);
        return address;
    }

    public void Free(nint address, nuint bytes)
    {
        if (!_handedOut.Remove(address, out nuint expected) || expected != bytes)
            throw new InvalidOperationException("freed what was not allocated");
        ProcessMemory.Instance.Free(address, bytes);
    }

    public int CountWrittenPages()
    {
        int written = 0;
        foreach ((nint address, nuint bytes) in _handedOut)
            for (nuint start = 0; start < bytes; start += PageSize)
                if (new ReadOnlySpan<byte>((byte*)address + start, (int)Math.Min(PageSize, bytes - start)).ContainsAnyExcept((byte)0))
                    written++;
        return written;
    }

    public void Dispose()
    {
        _sparse?.Dispose();
        if (_handedOut.Count > 0) throw new InvalidOperationException($"{_handedOut.Count} allocations were not given back");
    }
}
