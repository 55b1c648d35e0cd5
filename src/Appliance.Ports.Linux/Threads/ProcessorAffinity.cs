using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>Which processors threads run on (sched_setaffinity(2)).</summary>
public static partial class ProcessorAffinity
{
    private const int MaxProcessors = 1024;                             // bits of glibc's cpu_set_t
    private const int CallingThread = 0;

    /// <summary>The processors that the calling thread may run on, ascending. Throws with errno when the kernel does not say.</summary>
    public static ImmutableArray<int> Allowed()
    {
        var mask = new byte[MaxProcessors / 8];
        if (GetAffinity(CallingThread, mask.Length, mask) < 0) throw Failure("sched_getaffinity");
        return [.. Enumerable.Range(0, MaxProcessors).Where(processor => (mask[processor / 8] & (1 << (processor % 8))) != 0)];
    }

    /// <summary>Binds the calling thread to one processor. Throws with errno when the kernel refuses, as for one that is offline.</summary>
    public static void Bind(int processor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(processor);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(processor, MaxProcessors);
        var mask = new byte[MaxProcessors / 8];
        mask[processor / 8] = (byte)(1 << (processor % 8));
        if (SetAffinity(CallingThread, mask.Length, mask) < 0) throw Failure($"sched_setaffinity to processor {processor}");
    }

    private static InvalidOperationException Failure(string call)
    {
        int errno = Marshal.GetLastPInvokeError();
        return new InvalidOperationException($"{call}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})");
    }

    [LibraryImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
    private static partial int GetAffinity(int thread, nint bytes, [Out] byte[] mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int thread, nint bytes, byte[] mask);
}
