using System.Collections.Immutable;
using Appliance.Engine;

namespace Appliance.Failover.Tests;

/// <summary>One box of a pair as far as sync goes: its workers, their states, and the end of the lane.</summary>
internal sealed class SyncBox
{
    public const int Workers = 2;
    public const int MessageLength = 1400;

    private readonly int[] _owners;
    private readonly SyncJournal[] _journals;
    private readonly SyncBuckets[] _workers;
    private readonly byte[] _message;

    public SyncBox(
        int index, int streams, int ringBytes = 1 << 16, int padding = 0, int messageLength = MessageLength, int beside = 0,
        bool? winsTies = null)
    {
        Index = index;
        _message = new byte[messageLength];
        _owners = [.. Enumerable.Range(0, streams + beside).Select(stream => stream < streams ? stream % Workers : Workers)];
        Streams = new SyncStreams(streams, beside);
        Replica = new FakeReplica(streams + beside) { Padding = padding };
        int owners = Workers + Math.Min(1, beside);
        _journals = [.. Enumerable.Range(0, owners).Select(owner => new SyncJournal(Streams, ringBytes) { IsBeside = owner == Workers })];
        SyncInbox[] inboxes = [.. Enumerable.Range(0, owners).Select(_ => new SyncInbox(ringBytes))];
        _workers = [.. Enumerable.Range(0, owners).Select(worker => new SyncBuckets(
            worker, Streams, _journals[worker], inboxes[worker], Replica, stream => _owners[stream] == worker))];
        var settings = new SyncSettings(messageLength) { WinsTies = winsTies ?? index == 0 };
        Sync = new SyncExchange(settings, Streams, [.. _journals], [.. inboxes], stream => _owners[stream]);
    }

    public int Index { get; }

    public SyncStreams Streams { get; }

    public FakeReplica Replica { get; }

    public SyncExchange Sync { get; }

    /// <summary>Its workers stand still: inboxes fill, journals are not refilled.</summary>
    public bool IsBusy { get; set; }

    /// <summary>By state that the peer was told of from its beginning: what it must have when it has acknowledged that place.</summary>
    public Dictionary<(int Stream, uint Key), (ulong Sequence, FakeState? State)> Written { get; } = [];

    public long Lost => _journals.Sum(journal => journal.Lost);

    public IEnumerable<SyncOutcomes> Outcomes => _workers.Select(worker => worker.Outcomes);

    public ImmutableArray<int> Owners => [.. _owners];

    /// <summary>Where it stands, for who has to find out why.</summary>
    public override string ToString() =>
        $"box {Index}: {Sync.Phase}, {(Streams.IsLeader ? "leads" : "follows")}, {Sync.EqualStreams} equal, window {Sync.Window}, "
        + $"journals {string.Join('/', _journals.Select(journal => journal.Ring.UsedBytes))}, "
        + $"busy {Streams.HasBusy}, torn {Streams.HasTorn}, "
        + string.Join(' ', Enum.GetValues<SyncEvent>().Where(which => Sync[which] > 0).Select(which => $"{which} {Sync[which]}"))
        + "; " + string.Join(' ', Enum.GetValues<SyncOutcome>().Select(which => $"{which} {Outcomes.Sum(outcomes => outcomes[which])}"));

    public void Move(int stream, int worker) => _owners[stream] = worker;

    public bool Write(int stream, FlowChange change, uint key, byte[] record)
    {
        bool isWritten = _journals[_owners[stream]].TryWrite(stream, change, record);
        FakeState? state = Replica[stream].TryGetValue(key, out FakeState? here) ? here : null;
        bool isSafe = isWritten && Streams.IsOpen && (change == FlowChange.Made || Written.ContainsKey((stream, key)));
        if (isSafe) Written[(stream, key)] = (Streams.WrittenOf(stream), state);
        else if (change != FlowChange.Changed) Written.Remove((stream, key));
        return isWritten;
    }

    public void Breathe(MonotonicTime now)
    {
        if (IsBusy) return;
        foreach (SyncBuckets worker in _workers) worker.Step(now);
    }

    /// <summary>What the thread of failover does in a turn; answers what it says.</summary>
    public List<byte[]> Turn(MonotonicTime now, int most = 32)
    {
        List<byte[]> said = [];
        Sync.Step(now);
        while (said.Count < most && Sync.TryWrite(_message, now, out int length)) said.Add(_message[..length]);
        return said;
    }

    /// <summary>As a takeover does: what has come is adopted, and then counts.</summary>
    public void Settle(MonotonicTime now)
    {
        Sync.OnPeerLost();
        IsBusy = false;
        for (int i = 0; i < 1000; i++)
        {
            Sync.Settle(now);
            Breathe(now);
        }
    }
}
