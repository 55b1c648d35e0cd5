using System.Runtime.InteropServices;

namespace Appliance.Engine;

/// <summary>
/// Table memory from the C library's allocator, in pages of the usual size. What is freed may stay with the process, and is written with
/// zeros when it is given out anew: for programs that make their tables once.
/// </summary>
public sealed unsafe class ProcessMemory : ITableMemory
{
    private const int Alignment = 64;                                 // bytes: a cache line
    public static readonly ProcessMemory Instance = new();

    private ProcessMemory()
    {
    }

    public ITableMemory Sparse => this;

    // Not AlignedAlloc, which does not zero: zeroing by hand would touch every page. What was allocated is noted in front of what is
    // handed out.
    public nint Allocate(nuint bytes)
    {
        void* allocation = NativeMemory.AllocZeroed(bytes + (2 * Alignment));
        nint address = (nint)(((nuint)allocation + (2 * Alignment) - 1) & ~(nuint)(Alignment - 1));
        ((void**)address)[-1] = allocation;
        return address;
    }

    public void Free(nint address, nuint bytes) => NativeMemory.Free(((void**)address)[-1]);
}
