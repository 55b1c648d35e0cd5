namespace Appliance;

/// <summary>
/// Lines on their way to standard error, which may be full or stand still: whoever says one waits for nobody. A thread of its own writes
/// them in their order. What finds no room or cannot be written is lost; how much that was is told before the next line that is written.
/// For any thread.
/// </summary>
internal sealed class ErrorQueue : IDisposable
{
    /// <summary>Lines that may wait.</summary>
    public const int MostWaiting = 1024;

    /// <summary>That the end of the program waits for what is not written yet.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Queue<(string Line, long LostBefore)> _waiting = [];     // who holds its lock does nothing that can wait
    private readonly Action<string> _write;
    private readonly Thread _thread;
    private long _lost;                                                 // since a line last found room
    private bool _isEnding;

    /// <param name="write">Takes a line; it may throw, or not come back.</param>
    public ErrorQueue(Action<string> write)
    {
        _write = write;
        _thread = new Thread(WriteAll) { Name = "log", IsBackground = true };
        _thread.Start();
    }

    public void Add(string line)
    {
        lock (_waiting)
        {
            if (_isEnding || _waiting.Count >= MostWaiting)
            {
                _lost++;
                return;
            }

            _waiting.Enqueue((line, _lost));
            _lost = 0;
            Monitor.Pulse(_waiting);
        }
    }

    /// <summary>Writes what waits, as far as that takes no longer than a moment.</summary>
    public void Dispose()
    {
        lock (_waiting)
        {
            _isEnding = true;
            Monitor.Pulse(_waiting);
        }

        _thread.Join(Patience);
    }

    private void WriteAll()
    {
        long lost = 0;
        while (TryTake(out (string Line, long LostBefore) next))
        {
            lost += next.LostBefore;
            if (lost > 0 && TryWrite($"log: {lost} lines before this could not be written")) lost = 0;
            if (lost > 0 || !TryWrite(next.Line)) lost++;
        }
    }

    /// <summary>Waits for a line. False: there is none any more.</summary>
    private bool TryTake(out (string Line, long LostBefore) next)
    {
        lock (_waiting)
        {
            while (_waiting.Count == 0 && !_isEnding) Monitor.Wait(_waiting);
            return _waiting.TryDequeue(out next);
        }
    }

    private bool TryWrite(string line)
    {
        try
        {
            _write(line);
            return true;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return false;
        }
    }
}
