using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Wire.Sync;

namespace Appliance.Failover;

/// <summary>
/// One worker's side of sync: adopts what the peer has written for its streams, tells the peer all of a stream where the two differ, in
/// portions, and proves by digests that they do not. A step stands before a breath's frames, so that a takeover finds adopted what came
/// before it. Of the worker; neither allocates nor waits.
/// </summary>
/// <remarks>
/// All that is told goes through the stream itself, in one order with the changes: what a digest says is true at its place in the stream,
/// whatever happens to the states meanwhile.
/// </remarks>
public sealed class SyncBuckets
{
    /// <summary>Records that a step adopts; all there are when a takeover waits.</summary>
    public const int RecordsPerStep = 256;

    /// <summary>Records that a step tells beside the changes.</summary>
    public const int ToldPerStep = 64;

    /// <summary>A comparison that comes out unequal is tried so often again at once; then the audit looks again.</summary>
    public const int MaxTries = 3;

    /// <summary>A stream of which changes are lost is told at most so often.</summary>
    public const long MendPauseNanoseconds = 100_000_000;

    /// <summary>Records of which what they will need is asked for at once: memory gives many things in the time of one.</summary>
    private const int Expected = 16;

    internal const SyncRecordKind ToCompare = (SyncRecordKind)0xff;     // from the thread of failover, never on the wire

    private readonly int _worker;
    private readonly SyncStreams _streams;
    private readonly SyncJournal _journal;
    private readonly RecordRing _inbox;
    private readonly IFlowReplica _replica;
    private readonly Func<int, bool> _owns;
    private readonly byte[] _record = new byte[SyncRecords.MaxRecordLength];
    private int _next;                                                // the stream that is looked at first
    private long _doubtedBefore;                                      // as the states know it

    /// <param name="worker">Its number.</param>
    /// <param name="streams">Shared by all of the box.</param>
    /// <param name="journal">This worker's.</param>
    /// <param name="inbox">This worker's.</param>
    /// <param name="replica">Its states.</param>
    /// <param name="owns">Whether a stream is this worker's now.</param>
    public SyncBuckets(
        int worker, SyncStreams streams, SyncJournal journal, SyncInbox inbox, IFlowReplica replica, Func<int, bool> owns)
    {
        (_worker, _streams, _journal, _inbox, _replica, _owns) = (worker, streams, journal, inbox.Ring, replica, owns);
    }

    public SyncOutcomes Outcomes { get; } = new();

    /// <summary>
    /// Whether a step would do something now with a stream of this owner's: something has come, or is to be told and there is room. By the
    /// owner, or as others may see it.
    /// </summary>
    public bool HasWorkFor(int stream) =>
        !_inbox.IsEmpty || (_streams.IsOpen && _streams.Turn(stream).IsBusy && _journal.HasRoomToTell);

    /// <summary>Answers how many records were adopted and told; 0 means idle.</summary>
    public int Step(MonotonicTime now)
    {
        _journal.HasSlept = now - _journal.Now >= SyncExchange.SleepNanoseconds;
        _journal.Now = now;
        Doubt();
        int done = Receive(now);
        if (!_streams.IsOpen) return done;
        if (_streams.HasTorn) Mend(now);
        return _streams.HasBusy ? done + Tell() : done;
    }

    private void Doubt()
    {
        long before = _streams.DoubtedBefore;
        if (before == _doubtedBefore) return;
        _doubtedBefore = before;
        _replica.Doubt(new MonotonicTime(before));
    }

    private int Receive(MonotonicTime now)
    {
        int taken = 0;
        while ((taken < RecordsPerStep || _streams.IsUrgent) && _inbox.TryPeek(out RecordNote note, out ReadOnlySpan<byte> record))
        {
            if (taken % Expected == 0) Expect();
            bool isOurs = _owns(note.Stream);
            if (isOurs && !_replica.Has(note.Stream)) return taken;   // on its way here
            if (isOurs) Take(note, record, now);
            else Misdeliver(note.Stream, (SyncRecordKind)note.Kind);
            _inbox.RemoveFirst();
            taken++;
        }

        return taken;
    }

    private void Expect()
    {
        uint place = _inbox.FirstPlace;
        for (int i = 0; i < Expected && _inbox.TryLookAhead(ref place, out RecordNote note, out ReadOnlySpan<byte> record); i++)
        {
            if ((SyncRecordKind)note.Kind is >= SyncRecordKind.Made and <= SyncRecordKind.Told) _replica.Expect(record);
        }
    }

    /// <summary>The peer tells all again. If what it said was that it missed something, so do we.</summary>
    private void Misdeliver(int stream, SyncRecordKind kind)
    {
        Outcomes.Count(SyncOutcome.Misdelivered);
        _streams.MarkMissed(stream);
        if (kind == SyncRecordKind.Verdict) _streams.MarkTorn(stream);
    }

    private void Take(in RecordNote note, ReadOnlySpan<byte> record, MonotonicTime now)
    {
        SyncTurn turn = TurnOf(note.Stream);
        var kind = (SyncRecordKind)note.Kind;
        if (kind is SyncRecordKind.Made or SyncRecordKind.Changed or SyncRecordKind.Ended)
            Adopt(note.Stream, (FlowChange)kind, record, turn, now);
        else if (kind == SyncRecordKind.Told)
            turn.IsNewer |= Adopt(note.Stream, FlowChange.Made, record, turn, now) is FlowAdoption.Older or FlowAdoption.Collision;
        else if (note.Time == _streams.Epoch)                         // what a former epoch compared counts no more
            Compare(note.Stream, kind, record, turn);
    }

    private void Compare(int stream, SyncRecordKind kind, ReadOnlySpan<byte> record, SyncTurn turn)
    {
        switch (kind)
        {
            case SyncRecordKind.Begin when !_streams.IsLeader || _replica.TellsOwn:
                (turn.IsToldWhole, turn.Refused) = (true, 0);
                _replica.BeginWhole(stream);
                break;
            case SyncRecordKind.Proof when !_streams.IsLeader && record.Length >= sizeof(ulong):
                Judge(stream, BinaryPrimitives.ReadUInt64BigEndian(record), turn);
                break;
            case SyncRecordKind.Offer when _streams.IsLeader && record.Length >= sizeof(ulong):
                Sweep(stream, turn);
                bool isEqual = _replica.DigestOf(stream) == BinaryPrimitives.ReadUInt64BigEndian(record);
                if (isEqual) _replica.Agree(stream);
                Assign(turn, isEqual && !_streams.IsDirty(stream) && !turn.IsNewer ? SyncTask.Prove : SyncTask.TellAndProve);
                turn.IsNewer = false;
                break;
            case SyncRecordKind.Verdict when record.Length > 0:
                Hear(stream, (SyncVerdict)record[0], turn);
                break;
            case ToCompare when !_streams.IsLeader:
                if (turn.Task == SyncTask.None) Assign(turn, OfferOf(stream));
                break;
            default:
                Outcomes.Count(SyncOutcome.Unknown);
                break;
        }
    }

    private FlowAdoption Adopt(int stream, FlowChange change, ReadOnlySpan<byte> record, SyncTurn turn, MonotonicTime now)
    {
        FlowAdoption outcome = _replica.Adopt(stream, change, record, now);
        Outcomes.Count(outcome);
        if (outcome == FlowAdoption.Missing && change == FlowChange.Changed && turn.IsCompared) _streams.MarkMissed(stream);
        if (outcome is FlowAdoption.UnknownPort or FlowAdoption.Full or FlowAdoption.Collision
            or FlowAdoption.Malformed or FlowAdoption.UnknownVersion) turn.Refused++;
        return outcome;
    }

    /// <summary>The leader holds what the digest says, at this place of the stream.</summary>
    private void Judge(int stream, ulong digest, SyncTurn turn)
    {
        bool wasToldWhole = Sweep(stream, turn);
        bool isEqual = _replica.DigestOf(stream) == digest;
        if (isEqual) _replica.Agree(stream);
        turn.Verdict = isEqual ? SyncVerdict.Equal : turn.Refused > 0 ? SyncVerdict.Refused : SyncVerdict.Differs;
        Outcomes.Count(isEqual ? SyncOutcome.Equal : SyncOutcome.Different);
        if (wasToldWhole && turn.Verdict == SyncVerdict.Differs) _streams.MarkDirty(stream);  // what it lacks was made here
        bool tellsBack = turn.IsNewer && turn.Tries == 0;             // once: both may be further, each in another state
        if (tellsBack) _streams.MarkDirty(stream);
        turn.IsNewer = false;
        turn.Tries = isEqual && !tellsBack ? 0 : turn.Tries + 1;
        Say(turn, turn.Verdict);
        if (tellsBack || (turn.Verdict == SyncVerdict.Differs && turn.Tries <= MaxTries)) Assign(turn, OfferOf(stream));
    }

    /// <summary>Whether the peer has just told all: what it did not name goes.</summary>
    private bool Sweep(int stream, SyncTurn turn)
    {
        if (!turn.IsToldWhole) return false;
        turn.IsToldWhole = false;
        Outcomes.Count(SyncOutcome.Swept, _replica.EndWhole(stream));
        return true;
    }

    private void Hear(int stream, SyncVerdict verdict, SyncTurn turn)
    {
        if (verdict == SyncVerdict.Again)
        {
            Assign(turn, AllOf());
            turn.Teller = -1;                                         // also what was told already
        }
        else if (_streams.IsLeader)
        {
            turn.Verdict = verdict;
        }
    }

    private SyncTask AllOf() => _streams.IsLeader ? SyncTask.TellAndProve : SyncTask.TellAndOffer;

    private SyncTask OfferOf(int stream) => _streams.IsDirty(stream) ? SyncTask.TellAndOffer : SyncTask.Offer;

    /// <summary>What is being told, or was mended a moment ago, waits: a stream that tears all the time is not told all the time.</summary>
    private void Mend(MonotonicTime now)
    {
        for (int stream = 0; stream < _streams.Count; stream++)
        {
            if (!_journal.HasRoomToTell) return;
            if (!_owns(stream) || !_replica.Has(stream)) continue;
            SyncTurn turn = TurnOf(stream);
            if (turn.Task != SyncTask.None || turn.IsToldWhole || now < turn.MendAt) continue;
            if (!_streams.TryMend(stream, out SyncTear torn) || stream >= _streams.Shared) continue;
            turn.MendAt = now + MendPauseNanoseconds;
            Outcomes.Count(SyncOutcome.Torn);
            if ((torn & SyncTear.Ours) != SyncTear.None) Assign(turn, AllOf());
            if ((torn & SyncTear.Peers) != SyncTear.None) Say(turn, SyncVerdict.Again);
        }
    }

    /// <summary>Who is telling all goes on, and says at the end what was to be said.</summary>
    private void Assign(SyncTurn turn, SyncTask task)
    {
        if (turn.TellsAll) return;
        if (!turn.IsBusy) _streams.CountBusy(1);
        (turn.Task, turn.Teller) = (task, -1);
    }

    private void Say(SyncTurn turn, SyncVerdict verdict)
    {
        if (!turn.IsBusy) _streams.CountBusy(1);
        if (turn.ToSay != SyncVerdict.Again) turn.ToSay = verdict;
    }

    private SyncTurn TurnOf(int stream)
    {
        SyncTurn turn = _streams.Turn(stream);
        long session = _streams.Session;
        if (turn.Session == session) return turn;
        if (turn.IsBusy) _streams.CountBusy(-1);
        if (turn.Session == 0 && _replica.TellsOwn) _streams.MarkDirty(stream);     // of a former life the peer may know more
        if (turn.TellsAll) _streams.MarkDirty(stream);                // it did not come to its end
        if (turn.ToSay == SyncVerdict.Again) _streams.MarkMissed(stream);
        (turn.Task, turn.ToSay, turn.Teller) = (SyncTask.None, SyncVerdict.Open, -1);
        (turn.IsToldWhole, turn.IsNewer, turn.Refused, turn.Tries) = (false, false, 0, 0);
        (turn.Verdict, turn.Session) = (SyncVerdict.Open, session);
        return turn;
    }

    private int Tell()
    {
        int told = 0;
        for (int i = 0; i < _streams.Count && told < ToldPerStep && _journal.HasRoomToTell; i++)
        {
            int stream = (_next + i) % _streams.Count;
            if (!_streams.Turn(stream).IsBusy || !_owns(stream) || !_replica.Has(stream)) continue;
            SyncTurn turn = TurnOf(stream);
            if (!turn.IsBusy) continue;
            _next = stream;                                           // one after the other, each to its end
            told += Tell(stream, turn, ToldPerStep - told);
            if (!turn.IsBusy) _streams.CountBusy(-1);
        }

        return told;
    }

    private int Tell(int stream, SyncTurn turn, int most)
    {
        if (turn.ToSay != SyncVerdict.Open)
        {
            if (!_journal.TryPut(stream, SyncRecordKind.Verdict, [(byte)turn.ToSay])) return most;
            turn.ToSay = SyncVerdict.Open;
        }

        int told = 1;
        bool tellsAll = turn.TellsAll;
        if (tellsAll && !TryTellAll(stream, turn, most, out told)) return told;
        SyncRecordKind last = turn.Task is SyncTask.Prove or SyncTask.TellAndProve ? SyncRecordKind.Proof : SyncRecordKind.Offer;
        if (turn.Task != SyncTask.None && !TryPutDigest(stream, last)) return most;
        if (tellsAll) Outcomes.Count(SyncOutcome.StreamsTold);
        turn.Task = SyncTask.None;
        return told;
    }

    /// <summary>True: there is no more to be told of this stream.</summary>
    private bool TryTellAll(int stream, SyncTurn turn, int most, out int told)
    {
        told = 1;
        if (turn.Teller != _worker)
        {
            bool says = turn.Task == SyncTask.TellAndProve || _replica.TellsOwn;
            if (says && !_journal.TryPut(stream, SyncRecordKind.Begin, default)) return false;
            (turn.Teller, turn.Cursor) = (_worker, 0);
            _streams.BeginTelling(stream);
        }

        for (; told <= most && _journal.HasRoomToTell; told++)
        {
            ulong cursor = turn.Cursor;
            int length = _replica.Export(stream, ref cursor, _record);
            if (length == 0) return !IsTornAgain(turn, stream);
            if (!_journal.TryPut(stream, SyncRecordKind.Told, _record.AsSpan(0, length)))
            {
                turn.Teller = -1;                                     // the walk is past it: from the start
                return false;
            }

            turn.Cursor = cursor;
            Outcomes.Count(SyncOutcome.Told);
        }

        return false;
    }

    /// <summary>What was lost while all was told may be what was told before: it is told from the start.</summary>
    private bool IsTornAgain(SyncTurn turn, int stream)
    {
        bool isTorn = _streams.IsTorn(stream);
        if (isTorn) turn.Teller = -1;
        return isTorn;
    }

    private bool TryPutDigest(int stream, SyncRecordKind kind)
    {
        Span<byte> digest = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(digest, _replica.DigestOf(stream));
        return _journal.TryPut(stream, kind, digest);
    }
}
