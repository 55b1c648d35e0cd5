using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Wire.Sync;

namespace Appliance.Failover;

/// <summary>
/// Sync of one box, between its workers' rings and the lane: what they have written goes out in parcels, acknowledged and sent again until
/// it is; the peer's come in and are handed to the owners of their streams in order. Messages in, messages out, no I/O; of the thread of
/// failover.
/// <code>
///   worker ── SyncJournal ──► SyncPacking ──► SyncWindow ──► TryWrite ──► lane
///   worker ◄── SyncInbox ◄── SyncDelivery ◄── SyncReceipt ◄── OnMessage ◄── lane
/// </code>
/// </summary>
/// <remarks>
/// All streams share one order on the wire. A loss holds up the others for the time of an answer; in return what is kept is bounded by one
/// window, and a record that arrives is never put aside by stream. Each time that the peer is found, the two begin anew, in an epoch: what
/// was under way is dropped, its streams are told, and digests find what differs.
/// </remarks>
public sealed class SyncExchange
{
    /// <summary>In so long no state expires that is in use; a box that waits for a processor does not wait so long.</summary>
    public const long SleepNanoseconds = 2_000_000_000;

    private const long InboxPauseNanoseconds = 200_000;

    private readonly SyncSettings _settings;
    private readonly SyncStreams _streams;
    private readonly SyncPacking _packing;
    private readonly SyncDelivery _delivery;
    private readonly SyncWindow _window;
    private readonly SyncReceipt _receipt;
    private readonly SyncEpoch _epoch = new();
    private readonly SyncAudit _audit;
    private readonly ImmutableArray<SyncInbox> _inboxes;
    private readonly ulong[] _events = new ulong[Enum.GetValues<SyncEvent>().Length];
    private int _peerParcelBytes = int.MaxValue;                      // that its frames carry
    private MonotonicTime _deliverAt = MonotonicTime.Never;           // again, to an inbox that was full
    private bool _owesAnswer;
    private bool _owesGreeting;
    private bool _mayLack = true;                                     // until all streams were compared with one who does not

    /// <param name="settings">Of this end.</param>
    /// <param name="streams">Shared with the workers.</param>
    /// <param name="journals">By worker.</param>
    /// <param name="inboxes">By worker.</param>
    /// <param name="ownerOf">The worker that has a stream now; <see cref="SyncStreams.Nobody"/>: what comes for it is lost.</param>
    public SyncExchange(
        SyncSettings settings, SyncStreams streams, ImmutableArray<SyncJournal> journals, ImmutableArray<SyncInbox> inboxes,
        Func<int, int> ownerOf)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.MaxMessageLength, SyncSettings.MinMessageLength, nameof(settings));
        (_settings, _streams, _inboxes) = (settings, streams, inboxes);
        int parcelBytes = settings.MaxMessageLength - SyncView.HeaderLength;
        _packing = new SyncPacking(streams, journals);
        _delivery = new SyncDelivery(streams.Count, inboxes, ownerOf);
        _window = new SyncWindow(parcelBytes, settings.RetransmitNanoseconds);
        _receipt = new SyncReceipt();
        _audit = new SyncAudit(streams, settings.AuditNanoseconds);
    }

    /// <summary>Who says whose states count, from the next epoch on: the higher one's.</summary>
    public ulong Rank { get; set; }

    /// <summary>Whether this end has ties that both claim, or neither; null: the peer, an older program, goes by its claim.</summary>
    public bool? BreaksTies { get; set; }

    /// <summary>What changes here reaches the peer, and what changes there comes.</summary>
    public bool IsOpen => _epoch.IsOpen;

    public bool IsLeader => _streams.IsLeader;

    public SyncPhase Phase => !_epoch.IsOpen ? (_epoch.IsUnlike ? SyncPhase.Unlike : _epoch.HasPeer ? SyncPhase.Greeting : SyncPhase.Alone)
        : _audit.IsAllEqual ? SyncPhase.InSync : SyncPhase.Joining;

    /// <summary>Streams that were found equal since the two began, of all.</summary>
    public int EqualStreams => _epoch.IsOpen ? _audit.EqualStreams : 0;

    /// <summary>Each stream was compared since the two began, whatever that came to: what one lacks it has been told.</summary>
    public bool HasComparedAll => _epoch.IsOpen && _audit.HasComparedAll;

    /// <summary>Of records from being written to being acknowledged.</summary>
    public DurationCounts Lag { get; } = new();

    public ulong this[SyncEvent happened] => _events[(int)happened];

    /// <summary>Something waits to be sent, and may be.</summary>
    public bool HasToSay => _epoch.HasPeer && (_owesAnswer || _owesGreeting || (_epoch.IsOpen && _window.CanBegin && _packing.HasAny));

    /// <summary>Parcels under way, and how many may be.</summary>
    public (int UnderWay, int Limit) Window => ((int)(_window.Next - _window.First), _window.Limit);

    public MonotonicTime NextDeadline
    {
        get
        {
            if (!_epoch.IsOpen) return _deliverAt;
            MonotonicTime next = _window.Deadline < _audit.NextDeadline ? _window.Deadline : _audit.NextDeadline;
            return _deliverAt < next ? _deliverAt : next;
        }
    }

    /// <summary>
    /// Parcels sent and received that were about as long as they may be: so much is being told that none of it is waited for.
    /// </summary>
    public ulong FullParcels { get; private set; }

    /// <summary>How old the oldest record is that the peer has not acknowledged; 0: there is none.</summary>
    public long OldestNanoseconds(MonotonicTime now) => _window.OldestTime is { } time ? Math.Max(0, now.Nanoseconds - time) : 0;

    /// <summary>
    /// Whether the peer has all that workers wrote up to a time, and nothing is to be told again; true where there is no peer to wait for.
    /// </summary>
    public bool HasToldAllUntil(MonotonicTime time)
    {
        if (!_epoch.IsOpen) return true;
        bool isMending = _streams.HasTorn || (_audit.IsAllEqual && _streams.HasBusy);
        return !isMending && !(_window.OldestTime <= time.Nanoseconds) && !(_packing.OldestWaiting <= time.Nanoseconds);
    }

    /// <summary>Takes the place of another on the same lane: what the peer still has of that one is of an earlier epoch.</summary>
    public void Replace(SyncExchange former) => _epoch.GoOnFrom(former._epoch.Own);

    /// <summary>The peer was found, or is another life of itself.</summary>
    public void OnPeerFound() => BeginAnew();

    /// <summary>
    /// The box did not run for <see cref="SleepNanoseconds"/> or longer: what has expired meanwhile by its clock may live at the peer. So
    /// it follows, and ends nothing there.
    /// </summary>
    public void OnSlept()
    {
        _mayLack = true;
        if (_epoch.HasPeer) BeginAnew();
    }

    public void OnPeerLost()
    {
        CloseEpoch();
        _epoch.Forget();
    }

    /// <summary>A heartbeat goes out: greetings, which nobody answers for, go along.</summary>
    public void OnBeat() => _owesGreeting |= _epoch.HasPeer && !_epoch.IsOpen;

    /// <summary>Does what is due.</summary>
    public void Step(MonotonicTime now)
    {
        Deliver(now);
        if (_streams.IsUrgent && !_receipt.HasFirst && AreInboxesEmpty) _streams.IsUrgent = false;
        if (!_epoch.IsOpen) return;
        _audit.Step(_delivery, now);
        if (_mayLack && _audit.IsAllEqualOrRefused) _mayLack = false;
        if (!_mayLack && _epoch.IsOutranked(Rank, _streams.IsLeader, _settings.RankHoldNanoseconds, now)) BeginAnew();
    }

    /// <summary>
    /// Before a takeover: all that has come is handed to the workers, and they adopt it before another frame. What they know beside it may
    /// be old.
    /// </summary>
    public void Settle(MonotonicTime now)
    {
        (_streams.IsUrgent, _streams.DoubtedBefore) = (true, now.Nanoseconds);
        Deliver(now);
    }

    /// <summary>
    /// Writes the message that is to be sent next; false: there is none now. To be asked again until then, between other things: heartbeats
    /// do not wait for it.
    /// </summary>
    /// <param name="message">At least <see cref="SyncSettings.MaxMessageLength"/> bytes.</param>
    public bool TryWrite(Span<byte> message, MonotonicTime now, out int length)
    {
        length = 0;
        if (!_epoch.HasPeer) return false;
        if (_epoch.IsOpen && TryChooseParcel(now, out ulong number))
        {
            ReadOnlySpan<byte> parcel = _window.Bytes(number);
            parcel.CopyTo(message[SyncView.HeaderLength..]);
            length = WriteHeader(message, number) + parcel.Length;
            return true;
        }

        if (!_owesAnswer && !_owesGreeting) return false;
        length = WriteHeader(message, 0) + WriteGreeting(message[SyncView.HeaderLength..]);
        Count(SyncEvent.AnswersSent);
        _owesGreeting = false;
        return true;
    }

    /// <summary>A message that the lane found authentic, of the peer that it has; it is borrowed.</summary>
    public void OnMessage(ReadOnlySpan<byte> message, MonotonicTime now)
    {
        if (!SyncView.TryParse(message, out SyncView view))
        {
            Count(SyncEvent.Malformed);
            return;
        }

        switch (_epoch.Hear(view))
        {
            case SyncHearing.Stale: Count(SyncEvent.Stale); return;
            case SyncHearing.Greeting: _owesGreeting = true; return;
            case SyncHearing.Anew: BeginAnew(view.Epoch); return;
            case SyncHearing.Answer: Open(view, now); break;
            case SyncHearing.Current: _owesAnswer |= SyncGreeting.TryFind(view, out SyncGreeting again) && !again.IsOpen; break;
        }

        if (!_epoch.IsOpen) return;
        Acknowledge(view, now);
        if (view.Parcel != 0) Keep(view, now);
    }

    private bool AreInboxesEmpty
    {
        get
        {
            foreach (SyncInbox inbox in _inboxes)
            {
                if (!inbox.Ring.IsEmpty) return false;
            }

            return true;
        }
    }

    private void BeginAnew(uint heard = 0)
    {
        CloseEpoch();
        _epoch.Begin(heard, Rank);
        _owesGreeting = true;
    }

    /// <summary>
    /// What was under way may have arrived or not: its streams are told next time. What has come is handed on all the same, until the next
    /// epoch.
    /// </summary>
    private void CloseEpoch()
    {
        _streams.Close();
        for (int stream = 0; stream < _streams.Count; stream++)
        {
            if (_packing.PackedOf(stream) > _streams.AcknowledgedOf(stream)) _streams.MarkDirty(stream);
        }

        _window.Reset();
        _streams.IsFull = false;
        _owesAnswer = false;
    }

    /// <summary>The peer has answered to our epoch. What it says of itself decides whose states count.</summary>
    private void Open(in SyncView view, MonotonicTime now)
    {
        if (!SyncGreeting.TryFind(view, out SyncGreeting greeting)) return;
        bool isSteeredAlike = greeting.Steering == _settings.Steering || greeting.Steering == 0 || _settings.Steering == 0;
        if (greeting.Streams != _streams.Buckets || !isSteeredAlike)
        {
            Count(greeting.Streams != _streams.Buckets ? SyncEvent.StreamsDiffer : SyncEvent.SteeringDiffers);
            _epoch.IsUnlike = true;
            return;
        }

        _receipt.Reset();
        _delivery.Begin(_epoch.Own);
        _peerParcelBytes = ParcelBytesOf(greeting);
        bool leads = _mayLack != greeting.MayLack ? greeting.MayLack : _epoch.Leads(greeting, _settings.WinsTies, BreaksTies);
        if (!leads && greeting.MayLack) TellAll();                      // it lacks states itself, so its silence ends none of ours
        Count(SyncEvent.Abandoned, _packing.Abandon());
        _epoch.Open(view.Epoch, greeting.Rank);
        for (int stream = 0; stream < _streams.Count; stream++) _streams.Acknowledge(stream, _packing.PackedOf(stream));
        _streams.Open(_epoch.Own, leads, greeting.Beside, greeting.MayLack);
        _audit.Begin(isLeader: leads, now);
        Count(SyncEvent.Joins);
        _owesGreeting = true;
    }

    private void TellAll()
    {
        for (int stream = 0; stream < _streams.Count; stream++) _streams.MarkDirty(stream);
    }

    /// <summary>Any record fits, whatever the peer says.</summary>
    private static int ParcelBytesOf(in SyncGreeting greeting) => greeting.MaxMessageLength == 0 ? int.MaxValue
        : Math.Max((int)greeting.MaxMessageLength, SyncSettings.MinMessageLength) - SyncView.HeaderLength;

    private void Acknowledge(in SyncView view, MonotonicTime now)
    {
        if (!_window.TryMarkArrived(view.Acknowledged, view.Selective, now))
        {
            Count(SyncEvent.NeverSent);
            return;
        }

        for (; _window.First <= view.Acknowledged; _window.RemoveFirst())
        {
            int records = _window.RecordsOf(_window.First);
            Lag.Add(now.Nanoseconds - _window.OldestTimeOf(_window.First), records);
            Count(SyncEvent.RecordsAcknowledged, records);
            Tell(_window.Bytes(_window.First));
        }

        _streams.IsFull = !_window.CanBegin;
    }

    /// <summary>Who waits for the peer to have a record looks at its stream's count.</summary>
    private void Tell(ReadOnlySpan<byte> parcel)
    {
        var sections = new SyncSections(parcel);
        while (sections.TryNext(out _, out ReadOnlySpan<byte> content))
        {
            if (!SyncRecords.TryParse(content, out SyncRecords records)) continue;
            ulong last = 0;
            while (records.TryNext(out _, out ulong sequence, out _)) last = sequence;
            _streams.Acknowledge(records.Stream, last);
        }
    }

    private void Keep(in SyncView view, MonotonicTime now)
    {
        if (view.Sections.Length > SyncReceipt.MaxParcelLength)
        {
            Count(SyncEvent.ParcelsTooLong);
            return;
        }

        _owesAnswer = true;
        CountFull(view.Sections.Length, Math.Min(_settings.MaxMessageLength - SyncView.HeaderLength, _peerParcelBytes));
        bool isNew = _receipt.TryKeep(view.Parcel, view.Sections);
        Count(isNew ? SyncEvent.ParcelsReceived : SyncEvent.ParcelsUnneeded);
        if (isNew) Deliver(now);
    }

    private void Deliver(MonotonicTime now)
    {
        _deliverAt = MonotonicTime.Never;
        while (_receipt.HasFirst)
        {
            bool isDone = _delivery.TryDeliver(_receipt.First);
            Count(SyncEvent.RecordsReceived, _delivery.Records);
            Count(SyncEvent.Unowned, _delivery.Unowned);
            if (!isDone)
            {
                Count(SyncEvent.InboxFull);
                _deliverAt = now + InboxPauseNanoseconds;
                return;
            }

            Count(SyncEvent.UnknownSections, _delivery.UnknownSections);
            Count(SyncEvent.BrokenRecords, _delivery.Broken);
            _receipt.RemoveFirst();
            _owesAnswer = true;
        }
    }

    private bool TryChooseParcel(MonotonicTime now, out ulong number)
    {
        number = 0;
        if (_window.MayHaveLost(now) && _window.TryTakeLost(now, out number))
        {
            Count(SyncEvent.ParcelsRepeated);
            return true;
        }

        if (!_window.CanBegin || !_packing.HasAny) return false;
        int room = Math.Min(_window.Room.Length, _peerParcelBytes), length = _packing.Pack(_window.Room[..room]);
        if (length == 0) return false;
        CountFull(length, room);
        number = _window.Commit(length, _packing.Records, _packing.OldestTime, now);
        _streams.IsFull = !_window.CanBegin;
        Count(SyncEvent.ParcelsSent);
        Count(SyncEvent.RecordsSent, _packing.Records);
        return true;
    }

    private int WriteHeader(Span<byte> message, ulong parcel)
    {
        (ulong done, ulong selective) = _epoch.IsOpen ? (_receipt.Done, _receipt.Selective) : (0, 0);      // else of the former epoch
        new SyncFields(_epoch.Own, _epoch.Peer, parcel, done, selective).WriteTo(message);
        _owesAnswer = false;
        return SyncView.HeaderLength;
    }

    private int WriteGreeting(Span<byte> room)
    {
        SyncSections.WriteHeader(room, SyncSectionKind.Greeting, SyncGreeting.Length);
        new SyncGreeting(_epoch.Rank, (ushort)_streams.Buckets, _settings.WinsTies, _epoch.IsOpen, _mayLack)
        {
            MaxMessageLength = (ushort)_settings.MaxMessageLength,
            Steering = _settings.Steering,
            Beside = (ushort)(_streams.Count - _streams.Buckets),
        }.WriteTo(room[SyncSections.HeaderLength..]);
        return SyncSections.HeaderLength + SyncGreeting.Length;
    }

    private void CountFull(int length, int room) => FullParcels += length > room - SyncRecords.MaxRecordLength ? 1ul : 0;

    private void Count(SyncEvent happened, int times = 1) => _events[(int)happened] += (ulong)times;
}
