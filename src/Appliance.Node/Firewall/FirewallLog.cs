using System.Collections.Immutable;
using Appliance.Firewall;

namespace Appliance.Node;

/// <summary>
/// The log of all workers, read beside the data path by one thread at a time. Who does not read it loses what finds no more room, and is
/// told how much that was.
/// </summary>
/// <param name="shards">Of all workers.</param>
/// <param name="history">What rules are called.</param>
/// <param name="portName">What a logical port is called.</param>
internal sealed class FirewallLog(ImmutableArray<FirewallShard> shards, RulesetHistory history, Func<int, string> portName)
{
    private readonly List<(LogRecord Record, int Worker)> _read = [];
    private long _records;

    public LogAccounts Accounts => new(_records, shards.Sum(shard => shard.LostLogRecords));

    /// <summary>
    /// Hands out what has been logged since the last time: by time, and of one time by the frames' numbers, so that the number of workers
    /// makes no difference at rest. Answers how many there were.
    /// </summary>
    public int Read(Action<LogEntry>? sink)
    {
        _read.Clear();
        foreach (FirewallShard shard in shards)
        {
            for (int i = 0; i < MostOfShard && shard.TryReadLog(out LogRecord record); i++) _read.Add((record, shard.Worker));
        }

        _records += _read.Count;
        if (sink is null) return _read.Count;
        foreach ((LogRecord record, int worker) in _read.OrderBy(read => read.Record.Time).ThenBy(read => read.Record.Ordinal))
            sink(EntryOf(record, worker));
        return _read.Count;
    }

    /// <summary>Records that one call takes from a worker, so that it ends however fast they come.</summary>
    private const int MostOfShard = 1 << 14;

    private LogEntry EntryOf(in LogRecord record, int worker) => new()
    {
        Nanoseconds = record.Time.Nanoseconds,
        Ordinal = record.Ordinal,
        Vcpu = worker,
        Port = portName(record.Port),
        Direction = record.Direction,
        Action = record.Action,
        Reason = record.Reason,
        Rule = history.Find(record.Generation, record.List, record.Rule),
        Tag = history.TagOf(record.Generation, record.Tag),
        IsV6 = record.Family == 6,
        Protocol = record.Protocol,
        IsLaterFragment = record.IsLaterFragment,
        Length = record.DatagramLength,
        TransportOffset = record.TransportOffset,
        Datagram = ((ReadOnlySpan<byte>)record.Bytes)[..record.Captured].ToArray(),
    };
}
