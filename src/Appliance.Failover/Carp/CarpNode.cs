using System.Collections.Immutable;
using Appliance.Engine;

namespace Appliance.Failover;

/// <summary>
/// CARP of one box: all groups on all ports, one demotion ledger, one clock that comes as an argument. It does no I/O: frames and events
/// go in, <see cref="Actions"/> come out, to be done in their order. Belongs to the control thread.
/// </summary>
/// <remarks>
/// Both sides of a box move together: demotion is one sum for all groups; a group that preempts takes along the others that may; and
/// when a port dies while the peer is known to be there, the other groups that it can take are handed over at once, whatever it thinks of
/// preempting.
/// </remarks>
public sealed class CarpNode : ISteppable
{
    private readonly CarpShared _shared;
    private readonly List<CarpGroup> _groups = [];
    private readonly Dictionary<PortId, CarpPortGroups> _ports = [];
    private bool _isStopped;
    private CarpHolds _holds;                                         // of groups that are here, or were until the last change

    /// <summary>A box whose ports are all unknown yet: every group is INIT until <see cref="OnPort"/> tells of its port.</summary>
    public CarpNode(CarpNodeSettings settings, KeyedRandom random) => _shared = new CarpShared(settings, random);

    public CarpNodeSettings Settings => _shared.Settings;

    /// <summary>Those whose port is known, in the order of the configuration within a port.</summary>
    public IReadOnlyList<CarpGroup> Groups => _groups;

    public DemotionLedger Ledger => _shared.Ledger;

    public CarpStatistics Statistics => _shared.Statistics;

    public CarpTimeline Timeline => _shared.Timeline;

    /// <summary>To be emptied after every call.</summary>
    public CarpActions Actions => _shared.Actions;

    /// <summary>Another box is there to take over, as far as is known (the lane); without knowledge false.</summary>
    public bool IsPeerPresent { get; set; }

    /// <summary>The other box lives and does not hear this one: what would be preempted would not give way.</summary>
    public bool IsPeerDeaf { get => _shared.IsPeerDeaf; set => _shared.IsPeerDeaf = value; }

    /// <summary>
    /// What has come is heard first: meanwhile nothing is done for being due, and none bows out. Of the lane, as the two above.
    /// </summary>
    public bool IsListening { get => _shared.IsListening; set => _shared.IsListening = value; }

    public MonotonicTime NextDeadline
    {
        get
        {
            MonotonicTime next = MonotonicTime.Never;
            foreach (CarpGroup group in _groups)
            {
                if (group.NextDeadline < next) next = group.NextDeadline;
            }

            return next;
        }
    }

    /// <summary>Everything else does this first, so that what was due long ago is judged before anything new is.</summary>
    public int Step(MonotonicTime now)
    {
        if (IsListening || NextDeadline > now) return 0;
        int due = 0;
        int demotion = _shared.Ledger.Total;
        if (IsAnyTakenForDead(now)) StandDown(now);
        foreach (CarpGroup group in _groups)
        {
            if (group.NextDeadline > now) continue;
            due++;
            group.OnDeadline(now);
        }

        if (_shared.Ledger.Total != demotion) AdvertiseAll(now);
        return due;
    }

    /// <summary>A port as it is now: its link, MAC and own addresses. The groups of a port begin when it is first told of.</summary>
    public void OnPort(CarpPort port, MonotonicTime now)
    {
        Step(now);
        if (!_ports.TryGetValue(port.Id, out CarpPortGroups? groups)) groups = AddPort(port);
        groups.Port = port;
        Refit(port.Id, now);
    }

    /// <summary>An Ethernet frame without tags, as a port received it. The bytes are borrowed.</summary>
    public CarpRefusal OnFrame(PortId port, Span<byte> frame, MonotonicTime now)
    {
        Step(now);
        CarpRefusal refusal = CarpRefusal.NotCarp;
        CarpGroup? group = null;
        CarpAdvertisement advertisement = default;
        if (CarpEnvelope.TryOpenFrame(frame, out CarpEnvelope envelope))
        {
            refusal = _ports.TryGetValue(port, out CarpPortGroups? groups)
                ? groups.Judge(envelope, now, out group, out advertisement)
                : CarpRefusal.BadInterface;
        }

        if (refusal != CarpRefusal.None) _shared.Statistics.Count(refusal);
        else Hear(group!, advertisement, now);
        return refusal;
    }

    /// <summary>What became of an advertisement; three failures in a row demote the box, three successes restore it.</summary>
    public void OnSent(in CarpAction action, CarpSendOutcome outcome, MonotonicTime now)
    {
        if (action.Kind != CarpActionKind.SendAdvertisement) return;
        if (outcome == CarpSendOutcome.NoMemory) _shared.Statistics.NoMemory++;
        int demotion = _shared.Ledger.Total;
        action.Group.OnSent(outcome == CarpSendOutcome.Sent, now);
        if (_shared.Ledger.Total != demotion) AdvertiseAll(now);
    }

    /// <summary>With <see cref="CarpTrust.AnnouncedCounters"/>: from which counter on the peer speaks for a group.</summary>
    public void OnPeerCounters(PortId port, byte vhid, ulong first)
    {
        if (_ports.TryGetValue(port, out CarpPortGroups? groups)) groups[vhid]?.Counters.OnPeerCounters(first);
    }

    /// <summary>
    /// The lane by which the peer spoke is no more, nor is what it said by it; until it speaks by another its adverts decide.
    /// </summary>
    public void ForgetPeer(MonotonicTime now)
    {
        (IsPeerPresent, IsPeerDeaf, IsListening) = (false, false, false);
        foreach (CarpGroup group in _groups) group.OnPeerLost(isProof: false, now);
    }

    /// <summary>Makes a reason for demotion as heavy as is given (0 withdraws it); every master says so at once.</summary>
    public void Demote(DemotionCause cause, string subject, int amount, MonotonicTime now)
    {
        Step(now);
        if (_shared.Ledger.Set(cause, subject, amount, now)) AdvertiseAll(now);
    }

    /// <summary>Adds to what an operator added before, as writing net.inet.carp.demotion does.</summary>
    public void AdjustDemotion(int adjustment, MonotonicTime now)
    {
        long sum = (long)_shared.Ledger.AmountOf(DemotionCause.Administrative) + adjustment;
        Demote(DemotionCause.Administrative, "", (int)Math.Clamp(sum, int.MinValue, int.MaxValue), now);
    }

    /// <summary>Out of service: demoted, and all groups handed over; the addresses come here only when nobody else has them.</summary>
    /// <param name="isOn">False: back in service.</param>
    /// <param name="now">Now.</param>
    /// <param name="isAlone">Nobody could take them: what this box is master of it stays, demoted, until another preempts it.</param>
    public void SetMaintenance(bool isOn, MonotonicTime now, bool isAlone = false)
    {
        Demote(DemotionCause.Maintenance, "", isOn ? CarpNodeSettings.DefaultDemotion : 0, now);
        if (!isOn) Release(CarpHolds.Maintenance);
        else if (isAlone) Hold(CarpHolds.Maintenance);
        else HandOver(CarpHolds.Maintenance, now);
    }

    /// <summary>Hands every group to the peer, and stays backup until the peer is gone or <see cref="TakeBack"/>.</summary>
    public void HandOver(MonotonicTime now)
    {
        Step(now);
        HandOver(CarpHolds.HandedOver, now);
    }

    /// <summary>Takes every group back that this box is the better master of, even where preemption is off.</summary>
    public void TakeBack(MonotonicTime now)
    {
        Step(now);
        _holds = CarpHolds.None;
        foreach (CarpGroup group in _groups) group.TakeBack();
        foreach (CarpGroup group in _groups) group.PreemptAlong(now);
    }

    /// <summary>Makes one group master or backup by force, as <c>ifconfig … state</c> does; elections go on from there.</summary>
    public void Force(CarpGroup group, bool master, MonotonicTime now)
    {
        Step(now);
        group.Apply(master ? CarpEvent.Promote : CarpEvent.HandOver, now);
    }

    /// <summary>The orderly end: every master bows out, and nothing begins again.</summary>
    public void Stop(MonotonicTime now)
    {
        Step(now);
        _isStopped = true;
        foreach (CarpGroup group in _groups) group.Apply(CarpEvent.Stop, now);
    }

    /// <summary>
    /// Another configuration, live. Groups that stay keep their state, whatever changed about them; new ones begin as backup, and held
    /// where others are; those that are gone bow out and stand down.
    /// </summary>
    public void Adopt(CarpNodeSettings next, MonotonicTime now)
    {
        Step(now);
        bool isStricter = (_shared.Settings.Trust, next.Trust) == (CarpTrust.FreshCounters, CarpTrust.AnnouncedCounters);
        _shared.Settings = next;
        _holds = HoldsNow;
        foreach (CarpGroup group in _groups.ToImmutableArray())
        {
            CarpGroupSettings? kept = next.Groups.FirstOrDefault(asked => IsOf(group, asked));
            if (kept is null) Remove(group, now);
            else if (!kept.Equals(group.Settings)) group.Change(kept, now);
            if (isStricter) group.OnStricterTrust(now);
        }

        foreach (PortId port in _ports.Keys.ToImmutableArray())
        {
            AddMissing(_ports[port]);
            Refit(port, now);
        }
    }

    /// <summary>It is the peer's on purpose, whoever is the better master; what nobody could take over is not.</summary>
    internal static bool IsHandedOver(CarpGroup group) => group.IsHeld && group.State != CarpState.Master;

    /// <summary>A port that is known, and has no link.</summary>
    internal bool IsDown(PortId port) => _ports.TryGetValue(port, out CarpPortGroups? groups) && groups.Port.Link == LinkState.Down;

    /// <summary>
    /// To the peer, which has the box's other side. Where that was handed over on purpose, so is this, or it would preempt alone.
    /// </summary>
    internal void JoinPeer(MonotonicTime now)
    {
        CarpHolds holds = HoldsNow;
        foreach (CarpGroup group in _groups)
        {
            if (group.State != CarpState.Master) continue;
            group.Apply(CarpEvent.HandOver, now);
            group.Hold(holds);
        }
    }

    /// <summary>What was handed over on purpose may come back as anything else.</summary>
    internal void Release() => Release(CarpHolds.HandedOver | CarpHolds.Maintenance);

    /// <summary>Whoever is master stays so at least until then, unless he goes.</summary>
    internal void HoldPreemption(MonotonicTime until) => _shared.HoldPreemption(until);

    private void HandOver(CarpHolds why, MonotonicTime now)
    {
        foreach (CarpGroup group in _groups) group.Apply(CarpEvent.HandOver, now);
        Hold(why);
    }

    private CarpHolds HoldsNow => _groups.Exists(IsHandedOver) ? _holds : CarpHolds.None;

    private void Hold(CarpHolds why)
    {
        _holds = HoldsNow | why;
        foreach (CarpGroup group in _groups) group.Hold(why);
    }

    private void Release(CarpHolds why)
    {
        _holds &= ~why;
        foreach (CarpGroup group in _groups) group.Release(why);
    }

    private bool IsAnyTakenForDead(MonotonicTime now)
    {
        foreach (CarpGroup group in _groups)
        {
            if (group.IsTakenForDead(now)) return true;
        }

        return false;
    }

    /// <summary>
    /// The box has slept, not one side of it: groups that are merely late yet go along, else each box would have one side.
    /// </summary>
    private void StandDown(MonotonicTime now)
    {
        foreach (CarpGroup group in _groups)
        {
            if (group.IsAboutToBeTakenForDead(now)) group.Apply(CarpEvent.WokeLate, now);
        }
    }

    private static bool IsOf(CarpGroup group, CarpGroupSettings asked) =>
        asked.Vhid == group.Settings.Vhid && asked.Port == group.Settings.Port;

    private void Hear(CarpGroup group, in CarpAdvertisement advertisement, MonotonicTime now)
    {
        bool wasBackup = group.State == CarpState.Backup;
        CarpEvent taken = group.OnAdvertisement(advertisement, now);
        if (!wasBackup || taken != CarpEvent.HeardPreemptable) return;
        foreach (CarpGroup other in _groups) other.PreemptAlong(now);
    }

    private CarpPortGroups AddPort(CarpPort port)
    {
        var groups = new CarpPortGroups(port, _shared);
        _ports.Add(port.Id, groups);
        AddMissing(groups);
        return groups;
    }

    private void AddMissing(CarpPortGroups groups)
    {
        foreach (CarpGroupSettings asked in _shared.Settings.Groups)
        {
            if (asked.Port != groups.Port.Id || groups[asked.Vhid] is not null) continue;
            var group = new CarpGroup(asked, groups.Port, _shared);
            group.Hold(_holds);
            groups[asked.Vhid] = group;
            _groups.Add(group);
        }
    }

    private void Remove(CarpGroup group, MonotonicTime now)
    {
        group.Apply(CarpEvent.Stop, now);
        _ports[group.Settings.Port][group.Settings.Vhid] = null;
        _groups.Remove(group);
        _shared.GroupsGone++;
        _shared.Ledger.Set(DemotionCause.InterfaceDown, group, group.Name, 0, now);
        _shared.Ledger.Set(DemotionCause.SendErrors, group, group.Name, 0, now);
    }

    /// <summary>Puts the groups of a port into the state that the port allows, and the ledger with them.</summary>
    private void Refit(PortId id, MonotonicTime now)
    {
        CarpPort port = _ports[id].Port;
        int demotion = _shared.Ledger.Total;
        bool lostMaster = false;
        foreach (CarpGroup group in _groups)
        {
            if (group.Settings.Port != id) continue;
            bool wasMaster = group.State == CarpState.Master;
            group.OnPort(port, _shared.Settings.IsAllowed && !_isStopped, now);
            lostMaster |= wasMaster && group.State == CarpState.Initial;
            bool isDown = port.Link == LinkState.Down || !_shared.Settings.IsAllowed;
            int amount = isDown ? _shared.Settings.InterfaceDownDemotion : 0;
            _shared.Ledger.Set(DemotionCause.InterfaceDown, group, group.Name, amount, now);
        }

        if (_shared.Ledger.Total != demotion) AdvertiseAll(now);
        if (!lostMaster || !IsPeerPresent || IsPeerDeaf) return;
        foreach (CarpGroup group in _groups)
        {
            if (group.PeerClaim is { State: not CarpState.Initial }) group.Apply(CarpEvent.HandOver, now);
        }
    }

    private void AdvertiseAll(MonotonicTime now)
    {
        foreach (CarpGroup group in _groups) group.AdvertiseNow(now);
    }
}
