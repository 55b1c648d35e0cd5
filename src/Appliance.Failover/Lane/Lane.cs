using System.Buffers.Binary;
using System.Collections.Immutable;
using Appliance.Engine;

namespace Appliance.Failover;

/// <summary>
/// One end of the lane between two boxes: heartbeats over several paths, authentic, encrypted and never taken twice. It finds out whether
/// the peer is there within <see cref="LaneSettings.DetectNanoseconds"/>, and brings its claims. No I/O; belongs to one thread.
/// </summary>
/// <remarks>
/// Each life of a box has a session, a number drawn at its start. A message names the session of the peer as last heard: one that names
/// ours was made since we began, and a life that another has followed is over: no recording of either box proves that it is there, or
/// changes what it said. At most it is taken for a greeting, which is answered with the next heartbeat and makes nobody the peer.
/// </remarks>
public sealed class Lane : IDisposable
{
    /// <summary>Bytes that a message may have.</summary>
    public const int MaxMessageLength = LaneMessage.MaxLength;

    /// <summary>Claims that fit into one message; who has more takes turns.</summary>
    public const int MaxClaims = LaneMessage.MaxClaims;

    /// <summary>Bytes that a message of sync may have, whatever the MTU of a port.</summary>
    public const int MaxSyncMessageLength = 9000;

    /// <summary>Where what is sealed stands in a message of sync, and how many bytes it has beside that.</summary>
    public const int SyncOffset = LaneMessage.HeadLength + LaneMessage.SessionLength;

    public const int SyncOverhead = LaneMessage.SyncOverhead;

    /// <summary>How often a session not heard of is looked at: deriving its key costs more than refusing it.</summary>
    public const long SessionPauseNanoseconds = 1_000_000;

    private const int MaxGraces = 3;

    private readonly LaneSettings _settings;
    private readonly LaneKey _key;
    private readonly LaneSession _own;
    private readonly ulong[] _written;
    private readonly MonotonicTime[] _heardOn;
    private readonly ulong[] _refused = new ulong[Enum.GetValues<LaneRefusal>().Length];
    private readonly List<LaneClaim> _claims = [];
    private readonly byte[] _room = new byte[MaxSyncMessageLength];
    private readonly RetiredSessions _retired = new();
    private LaneSession? _peer;                                       // the one that is, or was last, proved to be alive
    private LaneSession? _stranger;                                   // another that was authentic
    private ulong _sequence;
    private ulong _syncSequence;
    private MonotonicTime _beatAt;
    private MonotonicTime _silentAt = MonotonicTime.Never;
    private MonotonicTime _aloneFrom = MonotonicTime.Never;
    private MonotonicTime _sessionAt;
    private int _graces;
    private byte _heardNow;                                           // by path, with the heartbeat that is due
    private byte _heardByPeer;                                        // by path; 0: it does not say

    /// <param name="settings">The same on both boxes.</param>
    /// <param name="key">Shared by the pair.</param>
    /// <param name="session">Drawn anew at every start, from what nobody can guess and no start repeats.</param>
    /// <param name="now">The first heartbeat is due at once.</param>
    public Lane(LaneSettings settings, LaneKey key, UInt128 session, MonotonicTime now)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(settings.Paths is > 0 and <= LaneSettings.MaxPaths, true, nameof(settings));
        (_settings, _key) = (settings, key);
        _own = new LaneSession(key, session, _room);
        _written = new ulong[settings.Paths];
        _heardOn = new MonotonicTime[settings.Paths];
        Array.Fill(_heardOn, new MonotonicTime(long.MinValue / 2));
        (_beatAt, _sessionAt) = (now, now);
    }

    public LaneState State { get; private set; }

    /// <summary>The peer says that it is going.</summary>
    public bool IsPeerLeaving { get; private set; }

    /// <summary>The peer has heard us within its detection time.</summary>
    public bool DoesPeerHear { get; private set; }

    /// <summary>The peer has just begun, and knows no flow that was there before.</summary>
    public bool IsPeerNew { get; private set; }

    /// <summary>This is not the first lane of the peer's life: it went on while that changed.</summary>
    public bool HasPeerReopened { get; private set; }

    /// <summary>The newest of the peer's claims, as far as one message carries them.</summary>
    public IReadOnlyList<LaneClaim> Claims => _claims;

    /// <summary>
    /// For a whole detection time nothing was heard, and each of our heartbeats said so: a peer that hears them all the same takes a
    /// silence behind them for no proof (<see cref="DoesPeerHear"/>), and one that has not heard them has taken over already.
    /// </summary>
    public bool IsAlone(MonotonicTime now) => State == LaneState.Absent && now >= _aloneFrom;

    /// <summary>Said with the next heartbeats.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>
    /// The last heartbeats say that the peer is not heard, since soon it will not be: the silence behind them proves nothing to it.
    /// </summary>
    public bool IsEnding { get; set; }

    /// <summary>Said with the next heartbeats: <see cref="LaneFlags.New"/>.</summary>
    public bool IsNew { get; set; }

    /// <summary>Said with the next heartbeats: <see cref="LaneFlags.Reopened"/>.</summary>
    public bool IsReopened { get; init; }

    /// <summary>
    /// By path what both boxes know it by, so that one may have paths that the other has not, and number them otherwise. Empty: a path is
    /// known by its number alone, as to older programs.
    /// </summary>
    public ImmutableArray<uint> PathTags { get; init; } = [];

    /// <summary>
    /// By its address this is the end that wins ties. Both may believe so, or neither, where one is configured with an address that is not
    /// the other's.
    /// </summary>
    public bool ClaimsTies { get; init; }

    /// <summary>True on one of the two, for as long as both live.</summary>
    public bool WinsTies => BreaksTies ?? ClaimsTies;

    /// <summary>
    /// Where both ends claim ties, or neither does, the lower session has them; null: one claims them, or an older program has not said.
    /// </summary>
    public bool? BreaksTies => _peer is { } peer && peer.ClaimsTies == ClaimsTies ? _own.Id < peer.Id : null;

    /// <summary>Claims that fit into the heartbeat that is due.</summary>
    public int ClaimRoom => WritesNotes ? MaxClaims - 1 : MaxClaims;

    public MonotonicTime NextDeadline => _beatAt < _silentAt ? _beatAt : _silentAt;

    /// <summary>How late the latest step was, of all.</summary>
    public long MaxLatenessNanoseconds { get; private set; }

    public ulong HeartbeatsHeard { get; private set; }

    public ulong this[LaneRefusal refusal] => _refused[(int)refusal];

    /// <summary>Whether the path has brought something authentic within the detection time.</summary>
    public bool IsAlive(int path, MonotonicTime now) => now - _heardOn[path] < _settings.DetectNanoseconds;

    /// <summary>Whether the path was alive when the last message of all came.</summary>
    public bool LivedLast(int path) => _heardOn.Max() - _heardOn[path] < _settings.DetectNanoseconds;

    /// <summary>Whether what is sent by a path arrives, as far as the peer has said: a wire may be broken one way.</summary>
    public bool DoesPeerHearOn(int path) => _heardByPeer == 0 || (_heardByPeer & (1 << (_peer?.NumberOf(path) ?? path))) != 0;

    /// <summary>Does what is due. Called at <see cref="NextDeadline"/>, and before anything that came meanwhile is read.</summary>
    public LaneTurn Step(MonotonicTime now)
    {
        LaneTurn turn = LaneTurn.None;
        if (now >= NextDeadline) MaxLatenessNanoseconds = Math.Max(MaxLatenessNanoseconds, now - NextDeadline);
        if (now - NextDeadline >= _settings.DetectNanoseconds / 2) turn |= WakeLate(now);
        if (_silentAt <= now)
        {
            if (State == LaneState.Present) turn |= LaneTurn.PeerLost;
            State = LaneTransitions.Of(State, LaneEvent.Silence);
            _silentAt = MonotonicTime.Never;
        }

        if (_beatAt > now) return turn;
        if (State == LaneState.Absent && _aloneFrom == MonotonicTime.Never) _aloneFrom = now + _settings.DetectNanoseconds;
        BeatAtOnce(now);
        return turn | LaneTurn.Beat;
    }

    /// <summary>A heartbeat is due now: <see cref="Write"/> once for every path, and send.</summary>
    public void BeatAtOnce(MonotonicTime now)
    {
        _sequence++;
        _heardNow = HeardAt(now);
        _beatAt = now + _settings.HeartbeatNanoseconds;
    }

    /// <summary>Writes the heartbeat that is due for a path, once; answers its length.</summary>
    /// <param name="path">From 0.</param>
    /// <param name="claims">At most <see cref="ClaimRoom"/>.</param>
    /// <param name="message">At least <see cref="MaxMessageLength"/> bytes.</param>
    public int Write(int path, ReadOnlySpan<LaneClaim> claims, Span<byte> message)
    {
        if (_written[path] == _sequence) throw new InvalidOperationException("Written already for this path: a nonce must not come twice.");
        _written[path] = _sequence;
        LaneMessage.WriteHead(message, (byte)path, _own.Id, _sequence, heard: _heardNow);
        LaneNote? note = WritesNotes ? new LaneNote(PathTags[path], ClaimsTies) : null;
        int length = LaneMessage.WriteBody(message[LaneMessage.HeadLength..], Addressed?.Id ?? 0, FlagsNow, note, claims);
        _own.Seal(message, length);
        return LaneMessage.HeadLength + length + LaneMessage.TagLength;
    }

    /// <summary>A message from the wire; the bytes are borrowed and not changed.</summary>
    public LaneHearing OnMessage(int path, ReadOnlySpan<byte> message, MonotonicTime now)
    {
        Span<byte> body = stackalloc byte[LaneMessage.MaxBodyLength];
        LaneRefusal refusal = TryOpen(path, message, now, ref body, out LaneSession? sender);
        _refused[(int)refusal]++;
        if (refusal != LaneRefusal.None) return LaneHearing.Refused;
        bool namesUs = LaneMessage.PeerSessionOf(body) == _own.Id;
        return namesUs ? OnHeartbeat(path, message, body, sender!, now) : OnGreeting(now);
    }

    /// <summary>Whether it is a message of sync, and not a heartbeat; not that it is authentic.</summary>
    public static bool IsSync(ReadOnlySpan<byte> message) =>
        message.Length > LaneMessage.HeadLength && LaneMessage.KindOf(message) == LaneMessage.SyncKind;

    /// <summary>
    /// Seals what stands at <see cref="SyncOffset"/> for the peer that is there, in its place; answers the message's length. Only while
    /// <see cref="LaneState.Present"/>.
    /// </summary>
    /// <param name="path">From 0.</param>
    /// <param name="message">At least <see cref="SyncOverhead"/> bytes longer than what is sealed.</param>
    /// <param name="length">Of what is sealed.</param>
    public int SealSync(int path, Span<byte> message, int length)
    {
        if (State != LaneState.Present || _peer is null) throw new InvalidOperationException("There is no peer to speak to.");
        LaneMessage.WriteHead(message, (byte)path, _own.Id, ++_syncSequence, LaneMessage.SyncKind);
        BinaryPrimitives.WriteUInt128BigEndian(message[LaneMessage.HeadLength..], _peer.Id);
        _own.Seal(message, LaneMessage.SessionLength + length);
        return LaneMessage.SyncOverhead + length;
    }

    /// <summary>Opens a message of sync. False: it is refused, and counted.</summary>
    /// <param name="path">By which it came.</param>
    /// <param name="message">Borrowed, and not changed.</param>
    /// <param name="room">At least as long as the message.</param>
    /// <param name="opened">What was sealed, in <paramref name="room"/>.</param>
    public bool TryOpenSync(int path, ReadOnlySpan<byte> message, Span<byte> room, out ReadOnlySpan<byte> opened)
    {
        opened = default;
        LaneRefusal refusal = JudgeSync(path, message, room);
        _refused[(int)refusal]++;
        if (refusal != LaneRefusal.None) return false;
        opened = room[LaneMessage.SessionLength..(message.Length - LaneMessage.HeadLength - LaneMessage.TagLength)];
        return true;
    }

    public void Dispose()
    {
        _own.Dispose();
        _peer?.Dispose();
        _stranger?.Dispose();
    }

    private LaneSession? Addressed => State == LaneState.Present ? _peer : _stranger ?? _peer;

    /// <summary>Who is not known yet, and takes a note for a claim, takes no claims of it either.</summary>
    private bool WritesNotes => !PathTags.IsEmpty && Addressed is not { KnowsNotes: false };

    private LaneFlags FlagsNow => (IsLeaving ? LaneFlags.Leaving : LaneFlags.None)
        | (State == LaneState.Present && !IsEnding ? LaneFlags.Hears : LaneFlags.None)
        | (IsNew ? LaneFlags.New : LaneFlags.None)
        | (IsReopened ? LaneFlags.Reopened : LaneFlags.None)
        | (PathTags.IsEmpty ? LaneFlags.None : LaneFlags.Notes);

    private byte HeardAt(MonotonicTime now)
    {
        int heard = 0;
        for (int path = 0; State == LaneState.Present && path < _settings.Paths; path++) heard |= IsAlive(path, now) ? 1 << path : 0;
        return (byte)heard;
    }

    private LaneTurn WakeLate(MonotonicTime now)
    {
        _aloneFrom = MonotonicTime.Never;
        if (_silentAt != MonotonicTime.Never && _graces < MaxGraces)
        {
            MonotonicTime grace = now + _settings.DetectNanoseconds;
            if (_silentAt < grace) _silentAt = grace;
            _graces++;
        }

        return LaneTurn.WokeLate;
    }

    private LaneRefusal TryOpen(int path, ReadOnlySpan<byte> message, MonotonicTime now, ref Span<byte> body, out LaneSession? sender)
    {
        sender = null;
        bool hasLength = message.Length is >= LaneMessage.MinLength and <= LaneMessage.MaxLength;
        if (!hasLength || message[0] != LaneMessage.Version) return LaneRefusal.Malformed;
        int number = LaneMessage.PathOf(message);
        if (number != path && (PathTags.IsEmpty || number >= LaneSettings.MaxPaths)) return LaneRefusal.WrongPath;
        UInt128 session = LaneMessage.SessionOf(message);
        if (session == _own.Id) return LaneRefusal.Looped;
        if (_retired.Contains(session)) return LaneRefusal.Replayed;
        bool isKnown = session == _peer?.Id || session == _stranger?.Id;
        if (!isKnown && now < _sessionAt) return LaneRefusal.TooManySessions;
        if (!isKnown) _sessionAt = now + SessionPauseNanoseconds;
        sender = session == _peer?.Id ? _peer!
            : session == _stranger?.Id ? _stranger!
            : new LaneSession(_key, session, _room);
        body = body[..(message.Length - LaneMessage.HeadLength - LaneMessage.TagLength)];
        LaneRefusal refusal = Judge(sender, path, message, body);
        if (isKnown) return refusal;
        if (refusal == LaneRefusal.None) Remember(sender);
        else sender.Dispose();
        return refusal;
    }

    /// <summary>A message of sync proves nothing and makes nobody known: only the peer that is there is asked.</summary>
    private LaneRefusal JudgeSync(int path, ReadOnlySpan<byte> message, Span<byte> room)
    {
        bool hasLength = message.Length is >= LaneMessage.SyncOverhead and <= MaxSyncMessageLength;
        if (!hasLength || message[0] != LaneMessage.Version || !IsSync(message)) return LaneRefusal.Malformed;
        int number = LaneMessage.PathOf(message);
        if (number != (_peer?.NumberOf(path) ?? path)) return LaneRefusal.WrongPath;
        UInt128 session = LaneMessage.SessionOf(message);
        if (session == _own.Id) return LaneRefusal.Looped;
        if (_peer is not { } peer || State != LaneState.Present || session != peer.Id) return LaneRefusal.NotOfPeer;
        Span<byte> body = room[..(message.Length - LaneMessage.HeadLength - LaneMessage.TagLength)];
        if (!peer.TryOpen(message, body)) return LaneRefusal.NotAuthentic;
        if (LaneMessage.PeerSessionOf(body) != _own.Id) return LaneRefusal.NotOfPeer;
        return peer.TryAcceptSync(number, LaneMessage.SequenceOf(message)) ? LaneRefusal.None : LaneRefusal.Replayed;
    }

    private LaneRefusal Judge(LaneSession sender, int path, ReadOnlySpan<byte> message, Span<byte> body)
    {
        if (!sender.TryOpen(message, body)) return LaneRefusal.NotAuthentic;
        if (IsSync(message) || !LaneMessage.HasWholeClaims(body)) return LaneRefusal.Malformed;
        int number = LaneMessage.PathOf(message);
        LaneNote? note = !PathTags.IsEmpty && LaneMessage.TryReadNote(body, out LaneNote read) ? read : null;
        if (note is { } said ? said.PathTag != PathTags[path] : number != path) return LaneRefusal.WrongPath;
        if (!sender.TryAccept(number, LaneMessage.SequenceOf(message))) return LaneRefusal.Replayed;
        sender.Number(path, number);
        sender.ClaimsTies = note?.ClaimsTies;
        sender.KnowsNotes = (LaneMessage.FlagsOf(body) & LaneFlags.Notes) != LaneFlags.None;
        return LaneRefusal.None;
    }

    private void Remember(LaneSession stranger)
    {
        _stranger?.Dispose();
        _stranger = stranger;
    }

    private LaneHearing OnGreeting(MonotonicTime now)
    {
        if (State != LaneState.Present) _silentAt = now + _settings.DetectNanoseconds;
        _aloneFrom = MonotonicTime.Never;
        State = LaneTransitions.Of(State, LaneEvent.Greeting);
        return LaneHearing.Greeting;
    }

    private LaneHearing OnHeartbeat(int path, ReadOnlySpan<byte> message, ReadOnlySpan<byte> body, LaneSession sender, MonotonicTime now)
    {
        (_heardOn[path], _silentAt, _graces) = (now, now + _settings.DetectNanoseconds, 0);
        _aloneFrom = MonotonicTime.Never;
        HeartbeatsHeard++;
        bool isOther = sender != _peer, wasPresent = State == LaneState.Present, hadPeer = _peer is not null;
        if (isOther) Adopt(sender);
        State = LaneTransitions.Of(State, LaneEvent.Heartbeat);
        ulong sequence = LaneMessage.SequenceOf(message);
        if (sequence > sender.Newest) TakeClaims(sender, message, body);
        else if (wasPresent) return LaneHearing.Copy;
        if (isOther && hadPeer) return LaneHearing.PeerRestarted;
        return wasPresent ? LaneHearing.Heartbeat : LaneHearing.PeerFound;
    }

    /// <summary>Who names our session and was not the peer so far is the peer from now on.</summary>
    private void Adopt(LaneSession sender)
    {
        if (_peer is not null) _retired.Add(_peer.Id);
        _peer?.Dispose();
        (_peer, _stranger) = (sender, null);
    }

    private void TakeClaims(LaneSession sender, ReadOnlySpan<byte> message, ReadOnlySpan<byte> body)
    {
        (sender.Newest, _heardByPeer) = (LaneMessage.SequenceOf(message), LaneMessage.HeardOf(message));
        LaneFlags flags = LaneMessage.FlagsOf(body);
        IsPeerLeaving = (flags & LaneFlags.Leaving) != LaneFlags.None;
        DoesPeerHear = (flags & LaneFlags.Hears) != LaneFlags.None;
        IsPeerNew = (flags & LaneFlags.New) != LaneFlags.None;
        HasPeerReopened = (flags & LaneFlags.Reopened) != LaneFlags.None;
        _claims.Clear();
        int notes = !PathTags.IsEmpty && LaneMessage.TryReadNote(body, out _) ? 1 : 0;
        for (int i = notes; i < LaneMessage.CountClaims(body); i++) _claims.Add(LaneMessage.ReadClaim(body, i));
    }
}
