using Appliance.Engine;

namespace Appliance.Ports.Linux;

/// <summary>
/// Table memory straight from the kernel, which takes back at once what is freed. Two kinds of pages: transparent huge ones where the
/// kernel gives them (<c>/sys/kernel/mm/transparent_hugepage/enabled</c>: madvise or always), which cost two MiB where one byte is written;
/// and small ones, for what is sparse.
/// </summary>
public sealed unsafe class MappedMemory : ITableMemory
{
    private const int ReadWrite = 3;                                  // PROT_READ | PROT_WRITE
    private const int PrivateAnonymousNoReserve = 0x4022;             // MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    private const int AdviseHugePages = 14, AdviseSmallPages = 15;    // MADV_HUGEPAGE, MADV_NOHUGEPAGE
    private const nuint HugePage = 2 << 20, SmallPage = 4 << 10;      // bytes; the kernel aligns mappings of huge pages

    private static readonly MappedMemory SmallPages = new(SmallPage, AdviseSmallPages);

    public static readonly MappedMemory HugePages = new(HugePage, AdviseHugePages);

    private readonly nuint _page;
    private readonly int _advice;

    private MappedMemory(nuint page, int advice) => (_page, _advice) = (page, advice);

    public ITableMemory Sparse => SmallPages;

    public nint Allocate(nuint bytes)
    {
        void* address = Libc.Map(null, Round(bytes), ReadWrite, PrivateAnonymousNoReserve, -1, 0);
        if ((nint)address == -1) throw SystemCallException.Last("mmap of a table", $"{bytes} bytes");
        _ = Libc.Advise(address, Round(bytes), _advice);              // refused by kernels without huge pages: then all are small
        return (nint)address;
    }

    public void Free(nint address, nuint bytes) => _ = Libc.Unmap((void*)address, Round(bytes));

    private nuint Round(nuint bytes) => (bytes + _page - 1) & ~(_page - 1);
}
