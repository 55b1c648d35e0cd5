using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// Records on their way from one worker to the one thread that reads the log: bounded, outside the managed heap, without a lock. A record
/// that finds it full is lost, and counted.
/// </summary>
internal sealed class LogRing : IDisposable
{
    /// <summary>Records that may wait: more than a breath of full batches has, match rules and all.</summary>
    public const int Capacity = 8192;

    private readonly NativeArray<LogRecord> _records = new(Capacity, ProcessMemory.Instance);
    private uint _written;                          // by the worker
    private uint _read;                             // by the reader
    private long _lost;                             // by the worker

    /// <summary>Records that found no room since the start.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Room for one more record, to be filled before <see cref="Publish"/>; false: there is none, and that is counted.</summary>
    public bool TryReserve(out int slot)
    {
        slot = (int)(_written % Capacity);
        if (_written - Volatile.Read(ref _read) < Capacity) return true;
        Volatile.Write(ref _lost, _lost + 1);
        return false;
    }

    public ref LogRecord this[int slot] => ref _records[slot];

    /// <summary>Shows the reserved record to the reader.</summary>
    public void Publish() => Volatile.Write(ref _written, _written + 1);

    /// <summary>Takes the oldest record; by the reader.</summary>
    public bool TryRead(out LogRecord record)
    {
        record = default;
        if (Volatile.Read(ref _written) == _read) return false;
        record = _records[(int)(_read % Capacity)];
        Volatile.Write(ref _read, _read + 1);
        return true;
    }

    public void Dispose() => _records.Free();
}
