using System.Globalization;

namespace Appliance.Interop.Vm;

/// <summary>
/// How long a host keeps programs from its processors: what the kernel counts of each thread as ready to run and not running
/// (/proc/PID/task/TID/schedstat, proc(5)). What an emulated machine does late because of it says nothing about the machine.
/// </summary>
internal sealed class Starvation : IDisposable
{
    /// <summary>How often it is looked.</summary>
    public const int LookMilliseconds = 100;

    /// <summary>Within which waiting is added up.</summary>
    public const int WindowMilliseconds = 1000;

    private readonly Func<IEnumerable<int>> _processes;
    private readonly Dictionary<string, StarvationWindow> _threads = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly Timer _timer;
    private long _worst;

    /// <param name="processes">Their ids, asked at every look; those that have ended have no threads.</param>
    public Starvation(Func<IEnumerable<int>> processes)
    {
        _processes = processes;
        _timer = new Timer(_ => Look(), null, 0, LookMilliseconds);
    }

    /// <summary>The most that a thread had to wait within a window since the last time, milliseconds.</summary>
    public int Take()
    {
        lock (_lock)
        {
            long worst = _worst;
            _worst = 0;
            return (int)(worst / 1_000_000);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        lock (_lock)
        {
            long now = Environment.TickCount64;
            foreach (int process in _processes())
            {
                foreach (string thread in ThreadsOf(process))
                {
                    if (WaitedBy(thread) is not { } waited) continue;
                    if (!_threads.TryGetValue(thread, out StarvationWindow? window))
                        _threads[thread] = window = new StarvationWindow(WindowMilliseconds);
                    _worst = Math.Max(_worst, window.Add(now, waited));
                }
            }
        }
    }

    private static string[] ThreadsOf(int process)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{process}/task");
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Nanoseconds in all; null: it has ended.</summary>
    private static long? WaitedBy(string thread)
    {
        try
        {
            return long.Parse(File.ReadAllText($"{thread}/schedstat").Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
