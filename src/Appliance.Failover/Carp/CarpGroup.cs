using Appliance.Engine;
using Appliance.Wire.Carp;
using Appliance.Wire.Ethernet;

namespace Appliance.Failover;

/// <summary>
/// One virtual host (VHID) on one port of this box: events in, actions out, no I/O. What follows from what stands in
/// <see cref="CarpTransitions"/>; here stand the comparison of advertisements and the timers. Owned by a <see cref="CarpNode"/>.
/// </summary>
public sealed class CarpGroup
{
    /// <summary>Silence that was found out later than this part of an interval is not believed at once.</summary>
    private const int ToleranceDivisor = 2;

    /// <summary>And after so many times it is: a box that is always late must still take over some time.</summary>
    private const int MaxGraces = 3;

    /// <summary>Equals that hear each other so soon after taking over took over together: their first advertisements crossed.</summary>
    private const long CrossingNanoseconds = 100_000_000;

    private readonly CarpShared _shared;
    private readonly CarpVoice _voice;
    private readonly CarpTimers _timers = new();
    private CarpAdvertisement? _heard;
    private MonotonicTime _heardAt;
    private MonotonicTime _changedAt;
    private int _graces;
    private bool _takesBack;
    private CarpHolds _holds;
    private MonotonicTime _othersFrom;                                // what was heard before may be the peer's: it was master, or is

    internal CarpGroup(CarpGroupSettings settings, CarpPort port, CarpShared shared)
    {
        (Settings, Port, _shared) = (settings, port, shared);
        _voice = new CarpVoice(this, shared);
        Counters = new CounterJudge(shared);
    }

    public CarpGroupSettings Settings { get; private set; }

    public CarpPort Port { get; private set; }

    public CarpState State { get; private set; }

    /// <summary>VHID and port: <c>1@wan</c>.</summary>
    public string Name => $"{Settings.Vhid}@{Port.Name}";

    /// <summary>How often the state has changed.</summary>
    public ulong Transitions { get; private set; }

    /// <summary>What this box says, or would say: the configured interval with the ledger's total in its skew.</summary>
    public CarpInterval Interval => Settings.Interval.Demoted(_shared.Ledger.Total);

    /// <summary>The last authentic advertisement of another box.</summary>
    public CarpAdvertisement? Heard => _heard;

    /// <summary>Of the last takeover known: this box's own as long as it is master, else the highest that the lane told of.</summary>
    public uint Term { get; private set; }

    /// <summary>Handed over by its operator: it preempts nobody until told to, or until the other is gone.</summary>
    public bool IsHeld => _holds != CarpHolds.None;

    /// <summary>Where neighbours find the addresses: on the data plane's side, while master, an address of the port.</summary>
    public MacAddress LinkAddress => Settings.UsesVirtualMac ? CarpAddresses.VirtualMac(Settings.Vhid) : Port.Mac;

    /// <summary>Until when this box is the virtual host if it says no more: others take it for dead then. Never, unless it is.</summary>
    public MonotonicTime ActsUntil => State == CarpState.Master ? _timers.Advertised + LongestPause : MonotonicTime.Never;

    /// <summary>
    /// The counter of the next advertisement; those above follow. With <see cref="CarpTrust.AnnouncedCounters"/> the peer must be told
    /// whenever it can be told anew. Who asks has the group count, and no longer draw.
    /// </summary>
    public ulong NextCounter => _voice.NextCounter;

    public MonotonicTime NextDeadline => _timers.Next;

    internal CarpProofs Proofs => _voice.Proofs;

    internal CounterJudge Counters { get; }

    internal LaneClaim? PeerClaim { get; private set; }

    /// <summary>An authentic advertisement; answers what it was taken for.</summary>
    internal CarpEvent OnAdvertisement(in CarpAdvertisement heard, MonotonicTime now)
    {
        _voice.Follow(heard.Counter);
        CarpEvent happened = Classify(heard, now);
        (_heard, _heardAt, _graces, _takesBack) = (heard, now, 0, false);
        Apply(happened, now, heard.Source.IsV6);
        return happened;
    }

    /// <summary>
    /// What the peer says of this group. The later takeover is right; of two at once the better interval's, and if that is the same too,
    /// the end of the lane decides. Where neither is master, and no third, the one takes over that has the box's other side already, else
    /// the better one, once the claim is surely newer than what it knew.
    /// </summary>
    /// <param name="claim">Of the peer.</param>
    /// <param name="sides">
    /// 1: this box is master of other groups and the peer of none; -1: the other way round; null: they have just met, and what each has to
    /// say of itself for that is still to come.
    /// </param>
    /// <param name="winsTies">True on one of the two boxes.</param>
    /// <param name="detectNanoseconds">Of the lane.</param>
    /// <param name="now">Now.</param>
    internal void OnPeerClaim(in LaneClaim claim, int? sides, bool winsTies, long detectNanoseconds, MonotonicTime now)
    {
        PeerClaim = claim;
        bool isBetter = Interval < claim.Interval || (Interval == claim.Interval && winsTies);
        bool isPeerMaster = claim.State == CarpState.Master;
        if (isPeerMaster) _othersFrom = MonotonicTime.Never;
        else if (_othersFrom == MonotonicTime.Never) _othersFrom = now + detectNanoseconds;
        if (State == CarpState.Master)
        {
            if (isPeerMaster && (claim.Term > Term || (claim.Term == Term && !isBetter))) Apply(CarpEvent.Outranked, now);
        }
        else if (!isPeerMaster && now - _changedAt >= detectNanoseconds && !IsThirdMaster(now))
        {
            bool isPeerGone = claim.State == CarpState.Initial;         // then held back or not: there is nobody else
            bool isOurs = sides > 0 || (sides == 0 && isBetter);
            if (isPeerGone || (isOurs && !IsHeld)) Apply(CarpEvent.PeerYields, now);
        }

        Term = Math.Max(Term, claim.Term);
    }

    /// <summary>The peer is gone from the lane; where that proves nothing, or it never spoke of this group, its adverts decide.</summary>
    internal void OnPeerLost(bool isProof, MonotonicTime now)
    {
        if (isProof && PeerClaim is not null && !IsThirdMaster(now)) Apply(CarpEvent.PeerYields, now);
        PeerClaim = null;
    }

    /// <summary>Another group of this box has just preempted: so does this one, if what it heard last would let it.</summary>
    internal void PreemptAlong(MonotonicTime now)
    {
        if (State != CarpState.Backup || HeardMaster(now) is not { } heard) return;
        CarpEvent happened = Classify(heard, now);
        _takesBack = false;
        if (happened == CarpEvent.HeardPreemptable) Apply(happened, now);
    }

    /// <summary>
    /// Master, but so long without a word that a backup with no skew has taken over: what was due must not be sent any more.
    /// </summary>
    internal bool IsTakenForDead(MonotonicTime now) => State == CarpState.Master && now - _timers.Advertised > LongestPause;

    /// <summary>Or will have, if the next word is as late as it may be.</summary>
    internal bool IsAboutToBeTakenForDead(MonotonicTime now) =>
        State == CarpState.Master && now - _timers.Advertised > LongestPause - Interval.Nanoseconds;

    internal void OnDeadline(MonotonicTime now)
    {
        if (State == CarpState.Backup && _timers.Silence <= now) OnSilence(now);
        else if (State == CarpState.Master && _timers.Advertisement <= now) Apply(CarpEvent.AdvertisementDue, now);
        if (State == CarpState.Master) AnnounceDue(now);
        if (State == CarpState.Backup && _timers.Refresh <= now) ShowPort(now);
        if (_timers.Forgiveness <= now) ForgiveSendErrors(now);
    }

    /// <summary>The port as it is now, and whether the group may take part.</summary>
    internal void OnPort(CarpPort port, bool mayTakePart, MonotonicTime now)
    {
        bool isElsewhere = port.Mac != Port.Mac && !Settings.UsesVirtualMac;
        bool isRenamed = port.Name != Port.Name;
        Port = port;
        if (isRenamed) _shared.Ledger.Rename(this, Name);
        bool isReady = port.Link == LinkState.Up && mayTakePart && Settings.Addresses.Length > 0;
        Apply(isReady ? CarpEvent.Ready : CarpEvent.NotReady, now);
        if (isElsewhere && State == CarpState.Master) _timers.Announcer = CarpAnnouncer.Start(now);
    }

    /// <summary>Live: the state stays, and for a while former proofs are sent and believed beside the new one.</summary>
    internal void Change(CarpGroupSettings settings, MonotonicTime now)
    {
        Proofs.Change(settings, now, now + _shared.Settings.ProofOverlapNanoseconds);
        Settings = settings;
        if (State == CarpState.Backup) Perform(CarpMoves.AwaitAll, CarpEvent.Ready, now, isV6: false);
        if (State != CarpState.Master) return;
        if (_shared.IsListening) _timers.Announcer = CarpAnnouncer.Start(now);
        else Perform(CarpMoves.Advertise | CarpMoves.Announce, CarpEvent.Promote, now, isV6: false);
    }

    /// <summary>Only what the peer announces counts from now on, and it may announce nothing yet.</summary>
    internal void OnStricterTrust(MonotonicTime now)
    {
        if (State == CarpState.Backup && HeardMaster(now) is not null) Counters.AwaitLane();
    }

    internal void OnSent(bool succeeded, MonotonicTime now)
    {
        if (!succeeded) _shared.Statistics.SendErrors++;
        _timers.Sending.OnSent(succeeded);
        SetSendErrors(now);
    }

    internal void Hold(CarpHolds why) => (_holds, _takesBack) = (_holds | why, false);

    /// <summary>
    /// Ends the hold; a backup preempts by what it has just heard, or hears next, even where preemption is off. Once, whatever comes of it.
    /// </summary>
    internal void TakeBack() => (_holds, _takesBack) = (CarpHolds.None, State == CarpState.Backup);

    internal void Release(CarpHolds why) => _holds &= ~why;

    internal void Apply(CarpEvent happened, MonotonicTime now, bool isV6 = false)
    {
        CarpTransition transition = CarpTransitions.Of(State, happened);
        bool isTie = happened == CarpEvent.HeardEqual && State == CarpState.Master && now - _changedAt < CrossingNanoseconds;
        if (transition.Next != State) Note(transition.Next, happened, now);
        State = transition.Next;
        Perform(transition.Moves, happened, now, isV6);
        if (isTie) BreakTie(now);
    }

    /// <summary>Advertises at once, because something about it changed; only a master does, and none that listens.</summary>
    internal void AdvertiseNow(MonotonicTime now)
    {
        if (State == CarpState.Master && !_shared.IsListening) Perform(CarpMoves.Advertise, CarpEvent.AdvertisementDue, now, isV6: false);
    }

    /// <summary>What another box said last, as long as it is not missed and did not say that it leaves.</summary>
    private CarpAdvertisement? HeardMaster(MonotonicTime now) =>
        _heard is { } heard && now - _heardAt <= heard.Interval.SilenceNanoseconds && !heard.Interval.WouldTimeOut(Interval) ? heard : null;

    /// <summary>Where anybody's advertisements count, a speaker that no lane knows may be master.</summary>
    private bool IsThirdMaster(MonotonicTime now) =>
        _shared.Settings.Trust == CarpTrust.AnyValid && _heardAt > _othersFrom && HeardMaster(now) is not null;

    private CarpEvent Classify(in CarpAdvertisement heard, MonotonicTime now)
    {
        CarpInterval mine = Interval;
        if (heard.Interval.WouldTimeOut(mine)) return CarpEvent.HeardLeaving;
        int order = CarpOrder.Compare(heard, mine, _shared.Ledger.Total, Settings.Neighbours);
        if (order == 0 && CarpOrder.KeepsAmongEquals(Settings.Neighbours, Port, heard.Source)) return CarpEvent.HeardSlower;
        if (order <= 0) return order == 0 ? CarpEvent.HeardEqual : CarpEvent.HeardFaster;
        return MayPreempt(heard, now) ? CarpEvent.HeardPreemptable : CarpEvent.HeardSlower;
    }

    private bool MayPreempt(in CarpAdvertisement heard, MonotonicTime now)
    {
        if (_shared.IsPeerDeaf) return false;                         // it would not hear us, and stay
        bool preempts = _shared.Settings.Preempts || CarpOrder.IsRelieved(heard, _shared.Ledger.Total, Settings.Neighbours);
        return _takesBack || (preempts && !IsHeld && now >= _shared.MayPreemptFrom);
    }

    /// <summary>Where the lane says that the peer is master, the wire between us is broken, and a second master mends nothing.</summary>
    private void OnSilence(MonotonicTime now)
    {
        _takesBack = false;
        if (PeerClaim is { State: CarpState.Master }) _timers.AwaitAll(Settings, now);
        else Apply(IsSilenceBelieved(now) ? CarpEvent.MasterSilent : CarpEvent.WokeLate, now);
    }

    private long ToleranceNanoseconds => Settings.Interval.Nanoseconds / ToleranceDivisor;

    private bool IsSilenceBelieved(MonotonicTime now) =>
        now - _timers.Silence <= ToleranceNanoseconds || _graces >= MaxGraces;

    private long LongestPause
    {
        get
        {
            CarpInterval fastest = Settings.Interval.BaseSeconds == 0 ? Settings.Interval : Settings.Interval with { Skew = 0 };
            return Math.Max(fastest.SilenceNanoseconds, Interval.Nanoseconds + ToleranceNanoseconds);
        }
    }

    /// <summary>
    /// Both have given way to each other and would take over together again, for ever: each waits a time of its own more. (FreeBSD relies
    /// on its timers being inexact.)
    /// </summary>
    private void BreakTie(MonotonicTime now)
    {
        ulong drawn = _shared.Random.Draw(RandomPurpose.CarpTie, Settings.Vhid, Transitions, 0);
        long more = (long)(drawn % (ulong)Settings.Interval.Nanoseconds);
        _timers.AwaitAtLeast(now + Settings.Interval.SilenceNanoseconds + more);
    }

    private void Note(CarpState next, CarpEvent cause, MonotonicTime now)
    {
        Transitions++;
        (_graces, _changedAt) = (0, now);
        _shared.Statistics.Transitions++;
        if (cause == CarpEvent.HeardPreemptable) _shared.Statistics.Preempted++;
        if (next == CarpState.Backup) _shared.HoldPreemption(now + _shared.Settings.PreemptHoldDownNanoseconds);
        if (next == CarpState.Master) (_holds, _takesBack, Term) = (CarpHolds.None, false, Term + 1);
        if (next == CarpState.Master) Counters.AwaitNobody();
        if (next != CarpState.Master && _timers.Sending.IsFailing) _timers.Forgiveness = now + CarpTimers.ForgivenessNanoseconds;
        _shared.Timeline.Add(new CarpTimelineEntry(now, Name, State, next, cause, Interval, _shared.Ledger.Total, _heard));
    }

    private void Perform(CarpMoves moves, CarpEvent cause, MonotonicTime now, bool isV6)
    {
        if (cause == CarpEvent.WokeLate) _shared.Statistics.LateWakings++;
        if (Has(moves, CarpMoves.BowOut) && !_shared.IsListening) _voice.Advertise(CarpInterval.Leaving, now);
        if (Has(moves, CarpMoves.StandDown)) _voice.Ask(CarpActionKind.StandDown, cause);
        if (Has(moves, CarpMoves.StandDown | CarpMoves.Rest)) _timers.Rest();
        if (Has(moves, CarpMoves.TakeOver))
        {
            _timers.Rest();
            _voice.Ask(CarpActionKind.TakeOver, cause);
        }

        if (Has(moves, CarpMoves.Advertise)) Advertise(now);
        if (Has(moves, CarpMoves.Announce)) StartAnnouncing(now);
        if (Has(moves, CarpMoves.Reassert)) Reassert(now);
        Await(moves, now, isV6);
    }

    /// <summary>
    /// At most once in a while. Where advertisements teach nobody, what the rival told neighbours is corrected all the same.
    /// </summary>
    private void Reassert(MonotonicTime now)
    {
        if (_shared.IsListening) return;
        MonotonicTime from = _timers.Advertised + ToleranceNanoseconds;
        bool isTime = from <= now;
        if (isTime) Advertise(now);
        if (isTime || !TeachesSwitchesByItself) _timers.Announcer = _timers.Announcer.Again(isTime ? now : from);
    }

    private void Await(CarpMoves moves, MonotonicTime now, bool isV6)
    {
        if (Has(moves, CarpMoves.AwaitAll)) _timers.AwaitAll(Settings, now);
        if (State == CarpState.Backup && IsSilent && _timers.Refresh == MonotonicTime.Never) _timers.Refresh = now;
        if (Has(moves, CarpMoves.AwaitHeard)) _timers.Await(Settings, isV6, now);
        if (!Has(moves, CarpMoves.AwaitGrace)) return;
        _graces++;
        long theirs = _heard?.Interval.Nanoseconds ?? 0;
        _timers.AwaitAtLeast(now + Math.Max(theirs, Settings.Interval.Nanoseconds) + ToleranceNanoseconds);
    }

    private void Advertise(MonotonicTime now)
    {
        _voice.Advertise(Interval, now);
        _timers.OnAdvertised(now, Interval);
    }

    /// <summary>Of a new master: as FreeBSD, the second advertisement comes after the interval without demotion.</summary>
    private void StartAnnouncing(MonotonicTime now)
    {
        _timers.OnAdvertised(now, Settings.Interval);
        _timers.Announcer = CarpAnnouncer.Start(now);
        _timers.Refresh = TeachesSwitchesByItself ? MonotonicTime.Never : now + RefreshNanoseconds;
        AnnounceDue(now);
    }

    /// <summary>
    /// Advertisements to the group come from the virtual MAC address, and every switch hears them. With the port's own nobody learns from
    /// them: who heard a rival that is gone, while this box was cut off and does not know it, must be told again.
    /// </summary>
    private bool TeachesSwitchesByItself => !Settings.UsesPortMac && (!Settings.UsesVirtualMac
        || (Settings.HasIpv4 && Settings.PeerIpv4 is null) || (Settings.HasIpv6 && Settings.PeerIpv6 is null));

    private long RefreshNanoseconds => Settings.UsesPortMac
        ? Math.Max(CarpTimers.RefreshNanoseconds, Settings.Addresses.Length * CarpTimers.RefreshPerAddressNanoseconds)
        : CarpTimers.RefreshNanoseconds;

    /// <summary>As a backup it is spoken to and says nothing: switches would forget it, and flood what is for it.</summary>
    private bool IsSilent => Settings.PeerIpv4 is not null || Settings.PeerIpv6 is not null;

    private void ShowPort(MonotonicTime now)
    {
        _timers.Refresh = now + CarpTimers.PresenceNanoseconds;
        if (Settings.PeerIpv4 is { } peer) _voice.ShowPort(Port.SourceFor(peer));
        else if (Settings.PeerIpv6 is { } peer6) _voice.ShowPort(Port.SourceFor(peer6));
    }

    private void AnnounceDue(MonotonicTime now)
    {
        (int first, int count) = _timers.Announcer.Take(Settings.Addresses.Length, now);
        for (int i = first; i < first + count; i++) _voice.Announce(Settings.Addresses[i]);
        if (_timers.Refresh > now) return;
        _timers.Refresh = now + RefreshNanoseconds;
        if (Settings.UsesPortMac) _timers.Announcer = _timers.Announcer.Again(now);
        else if (count == 0) _voice.Announce(Settings.Addresses[0]);
    }

    /// <summary>
    /// A backup sends nothing and so never proves that it can again; in FreeBSD it stays demoted for ever. Here it may try again.
    /// </summary>
    private void ForgiveSendErrors(MonotonicTime now)
    {
        _timers.Forgiveness = MonotonicTime.Never;
        if (State == CarpState.Master) return;
        _timers.Sending = default;
        SetSendErrors(now);
    }

    private void SetSendErrors(MonotonicTime now)
    {
        int amount = _timers.Sending.IsFailing ? _shared.Settings.SendErrorDemotion : 0;
        _shared.Ledger.Set(DemotionCause.SendErrors, this, Name, amount, now);
    }

    private static bool Has(CarpMoves moves, CarpMoves any) => (moves & any) != CarpMoves.None;
}
