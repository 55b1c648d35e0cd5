using System.Runtime.InteropServices;

namespace Appliance.Benchmarks.Harness;

/// <summary>A thread on the first core that does what it is given and sleeps in between; the benchmark itself runs on the last.</summary>
internal sealed partial class SecondCore : IDisposable
{
    private readonly SemaphoreSlim _start = new(0), _end = new(0);
    private Action? _work;

    public SecondCore()
    {
        var thread = new Thread(Run) { IsBackground = true, Name = "second core" };
        thread.Start();
    }

    /// <summary>Whether there are two cores to run on.</summary>
    public static bool IsPresent => OperatingSystem.IsLinux() && Environment.ProcessorCount > 1;

    /// <summary>
    /// Runs <paramref name="there"/> on the second core and <paramref name="here"/> at the same time; returns when both have ended.
    /// </summary>
    public void RunBoth(Action there, Action here)
    {
        _work = there;
        _start.Release();
        here();
        _end.Wait();
    }

    public void Dispose()
    {
        _work = null;
        _start.Release();
        _end.Wait();
        _start.Dispose();
        _end.Dispose();
    }

    private void Run()
    {
        ulong first = 1;
        _ = SetAffinity(0, sizeof(ulong), ref first);                 // refused: then it runs wherever it is put
        while (true)
        {
            _start.Wait();
            Action? work = _work;
            work?.Invoke();
            _end.Release();
            if (work is null) return;
        }
    }

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nint length, ref ulong cores);
}
