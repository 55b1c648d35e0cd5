using Appliance.Benchmarks.Harness;
using Appliance.Engine;
using Appliance.Failover;

namespace Appliance.Benchmarks.Rows;

/// <summary>
/// What a state's record costs on its way to the peer: written by its worker, packed and sealed by one box, opened and handed on by the
/// other. Records are as long as a translated TCP state's. One core does each; a pair that joins has one at each end.
/// </summary>
internal sealed class SyncRows : IBenchmarkRows
{
    private const int Records = 448;                                  // a run's; less than the window holds
    private const int RecordBytes = 150;
    private const int MessageBytes = 1500 - 40 - Lane.SyncOverhead;
    private const int Streams = 128;

    private readonly SyncEndpoint _left = new(session: 1, winsTies: true);
    private readonly SyncEndpoint _right = new(session: 2, winsTies: false);
    private readonly byte[] _record = new byte[RecordBytes];
    private long _now = 1_000_000_000;

    public string Subject => "sync";

    private MonotonicTime Now => new(_now += 1000);

    public IEnumerable<Comparison> Prepare(bool peerIsPresent)
    {
        Meet();
        yield return new Comparison("sync, a record written by its worker", "record", new Contender("SyncJournal", Records, Write)
        {
            Restore = () => Carry(),
        }, []);
        yield return new Comparison("sync, packed and sealed", "record", new Contender("SyncExchange", Records, () => _left.Say(Now))
        {
            Restore = () =>
            {
                Carry();
                Write();
            },
        }, []);
        var hearing = new Contender("SyncExchange", Records, () => _right.Hear(_left, Now))
        {
            Restore = () =>
            {
                Carry();
                Write();
                _left.Say(Now);
            },
        };
        yield return new Comparison("sync, opened and handed on", "record", hearing, []);
        Carry();
        ulong sent = _left.Sync[SyncEvent.RecordsSent], received = _right.Sync[SyncEvent.RecordsReceived];
        if (sent != received || sent < Records) throw new AnswersDifferException($"{sent} records were sent and {received} came");
    }

    public void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
    }

    private void Write()
    {
        for (int i = 0; i < Records; i++) _left.Journal.TryWrite(i % Streams, FlowChange.Changed, _record);
    }

    /// <summary>Until neither has anything to say.</summary>
    private void Carry()
    {
        int said;
        do
        {
            said = _left.Say(Now) + _right.Say(Now);
            _right.Hear(_left, Now);
            _left.Hear(_right, Now);
            _right.Adopt(Now);
            _left.Adopt(Now);
        }
        while (said > 0);
    }

    private void Meet()
    {
        for (int i = 0; i < 4; i++)
        {
            _now += 5_000_000;                                        // a heartbeat
            _left.Beat(_right, Now);
            _right.Beat(_left, Now);
        }

        _left.Sync.OnPeerFound();
        _right.Sync.OnPeerFound();
        Carry();
        if (_right.Sync.Phase != SyncPhase.InSync) throw new AnswersDifferException($"the two did not meet: {_right.Sync.Phase}");
    }

    /// <summary>One box: a worker, its states (none), and the end of a lane. Messages lie in a row until the other hears them.</summary>
    private sealed class SyncEndpoint : IDisposable
    {
        private const int MostMessages = 256;

        private readonly Lane _lane;
        private readonly SyncStreams _streams = new(Streams);
        private readonly SyncBuckets _worker;
        private readonly byte[][] _said = [.. Enumerable.Range(0, MostMessages).Select(_ => new byte[Lane.MaxSyncMessageLength])];
        private readonly int[] _lengths = new int[MostMessages];
        private readonly byte[] _room = new byte[Lane.MaxSyncMessageLength];
        private int _count;

        public SyncEndpoint(ulong session, bool winsTies)
        {
            if (!LaneKey.TryParse(new string('7', 2 * LaneKey.Length), out LaneKey? key)) throw new InvalidOperationException("not a key");
            _lane = new Lane(new LaneSettings(Paths: 1), key, session, new MonotonicTime(0));
            Journal = new SyncJournal(_streams);
            var inbox = new SyncInbox();
            _worker = new SyncBuckets(0, _streams, Journal, inbox, new NoStates(), _ => true);
            Sync = new SyncExchange(new SyncSettings(MessageBytes) { WinsTies = winsTies }, _streams, [Journal], [inbox], _ => 0);
        }

        public SyncJournal Journal { get; }

        public SyncExchange Sync { get; }

        public void Beat(SyncEndpoint to, MonotonicTime now)
        {
            _lane.Step(now);
            int length = _lane.Write(0, [], _said[0]);
            to._lane.OnMessage(0, _said[0].AsSpan(0, length), now);
        }

        /// <summary>All there is to say now; answers how many messages.</summary>
        public int Say(MonotonicTime now)
        {
            Sync.Step(now);
            while (_count < MostMessages && Sync.TryWrite(_said[_count].AsSpan(Lane.SyncOffset), now, out int length))
            {
                _lengths[_count] = _lane.SealSync(0, _said[_count], length);
                _count++;
            }

            return _count;
        }

        public void Hear(SyncEndpoint from, MonotonicTime now)
        {
            for (int i = 0; i < from._count; i++)
            {
                if (_lane.TryOpenSync(0, from._said[i].AsSpan(0, from._lengths[i]), _room, out ReadOnlySpan<byte> opened))
                    Sync.OnMessage(opened, now);
            }

            from._count = 0;
        }

        public void Adopt(MonotonicTime now)
        {
            while (_worker.Step(now) > 0) { }
        }

        public void Dispose() => _lane.Dispose();
    }

    /// <summary>What it would cost to adopt is the firewall's.</summary>
    private sealed class NoStates : IFlowReplica
    {
        public bool Has(int bucket) => true;

        public FlowAdoption Adopt(int bucket, FlowChange change, ReadOnlySpan<byte> record, MonotonicTime now) => FlowAdoption.Refreshed;

        public void Doubt(MonotonicTime before)
        {
        }

        public void BeginWhole(int bucket)
        {
        }

        public int EndWhole(int bucket) => 0;

        public int Export(int bucket, ref ulong cursor, Span<byte> into) => 0;

        public ulong DigestOf(int bucket) => 0;
    }
}
