using Appliance.Engine;
using Appliance.Management;

namespace Appliance.Running;

/// <summary>
/// What the operator of a running appliance is told: a line an event, in the words of the configuration. What repeats is told a few times
/// and then counted. For any thread.
/// </summary>
/// <param name="write">Takes a line; it neither fails nor waits, since the control thread and that of failover call it.</param>
/// <param name="clock">Tells the time.</param>
internal sealed class OperatorLog(Action<string> write, Func<MonotonicTime> clock) : IManagementLog
{
    /// <summary>Lines about one subject within <see cref="Interval"/>.</summary>
    public const int Burst = 5;

    /// <summary>Nanoseconds.</summary>
    public const long Interval = 10_000_000_000;

    private const int MaxSubjects = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Recent> _recent = new(StringComparer.Ordinal);

    /// <summary>Something that happens once, or because somebody wants it.</summary>
    public void Say(string line)
    {
        lock (_lock) write(line);
    }

    /// <summary>Something that may happen again and again.</summary>
    /// <param name="subject">Whose lines are counted together.</param>
    /// <param name="line">What happened.</param>
    public void SayOften(string subject, string line)
    {
        lock (_lock)
        {
            MonotonicTime now = clock();
            if (_recent.Count >= MaxSubjects) _recent.Clear();
            Recent recent = _recent.GetValueOrDefault(subject);
            if (recent.Lines == 0 || now - recent.Since >= Interval)
            {
                if (recent.Untold > 0) write($"{subject}: {recent.Untold} more lines like the last were not shown");
                recent = new Recent(now, 0, 0);
            }

            bool isShown = recent.Lines < Burst;
            _recent[subject] = recent with { Lines = recent.Lines + 1, Untold = recent.Untold + (isShown ? 0 : 1) };
            if (isShown) write(line);
        }
    }

    private readonly record struct Recent(MonotonicTime Since, int Lines, int Untold);
}
