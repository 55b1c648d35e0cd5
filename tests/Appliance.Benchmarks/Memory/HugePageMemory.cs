using System.Runtime.InteropServices;
using Appliance.Engine;

namespace Appliance.Benchmarks.Memory;

/// <summary>
/// Table memory in transparent huge pages where the kernel gives them (madvise or always), as a data plane asks for at its start.
/// </summary>
internal sealed partial class HugePageMemory : ITableMemory
{
    private const int ReadWrite = 3;                                  // PROT_READ | PROT_WRITE
    private const int PrivateAnonymous = 0x22;                        // MAP_PRIVATE | MAP_ANONYMOUS
    private const int AdviseHugePages = 14;                           // MADV_HUGEPAGE
    private const nuint HugePage = 2 << 20;                           // bytes; the kernel aligns mappings that are at least as large

    public static readonly HugePageMemory Instance = new();

    public nint Allocate(nuint bytes)
    {
        nint address = Map(0, Round(bytes), ReadWrite, PrivateAnonymous, -1, 0);
        if (address == -1) throw new InvalidOperationException($"mmap of {bytes} bytes: errno {Marshal.GetLastPInvokeError()}");
        _ = Advise(address, Round(bytes), AdviseHugePages);           // refused by kernels without them: then the pages are small
        return address;
    }

    public void Free(nint address, nuint bytes) => _ = Unmap(address, Round(bytes));

    private static nuint Round(nuint bytes) => (bytes + HugePage - 1) & ~(HugePage - 1);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int Advise(nint address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nuint length);
}
