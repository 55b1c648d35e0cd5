using Appliance.Engine;

namespace Appliance.Ports.Linux;

/// <summary>
/// Table memory in transparent huge pages where the kernel gives them (<c>/sys/kernel/mm/transparent_hugepage/enabled</c>: madvise or
/// always). Memory is used two MiB at a time then, as it is written.
/// </summary>
public sealed unsafe class HugePageMemory : ITableMemory
{
    public static readonly HugePageMemory Instance = new();

    private const int ReadWrite = 3;                                  // PROT_READ | PROT_WRITE
    private const int PrivateAnonymousNoReserve = 0x4022;             // MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    private const int AdviseHugePages = 14;                           // MADV_HUGEPAGE
    private const nuint HugePage = 2 << 20;                           // bytes; the kernel aligns mappings that are at least as large

    private HugePageMemory()
    {
    }

    public nint Allocate(nuint bytes)
    {
        void* address = Libc.Map(null, Round(bytes), ReadWrite, PrivateAnonymousNoReserve, -1, 0);
        if ((nint)address == -1) throw SystemCallException.Last("mmap of a table", $"{bytes} bytes");
        _ = Libc.Advise(address, Round(bytes), AdviseHugePages);      // refused by kernels without them: then the pages are small
        return (nint)address;
    }

    public void Free(nint address, nuint bytes) => _ = Libc.Unmap((void*)address, Round(bytes));

    private static nuint Round(nuint bytes) => (bytes + HugePage - 1) & ~(HugePage - 1);
}
