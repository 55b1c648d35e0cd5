using Appliance.Engine;
using Appliance.Failover;
using Appliance.Wire.Carp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Node;

/// <summary>
/// Failover of one box, joined to its data plane: CARP and the lane on one side, frames and the virtual hosts of its ports on the other.
/// Without I/O and without a clock; of one thread, which need not be the one that tends the node.
/// <code>
///   frames of CARP and the lane ──► OnFrame ─┐                          ┌─► IFailoverSender
///   links of ports ─────────────────► OnLink ├─ CarpNode, LanePair ─────┤
///   time ─────────────────────────────► Step ┘                          └─► VirtualHosts, which the data plane asks
/// </code>
/// At a takeover the data plane has the addresses before the first advert leaves; it gives them up before anything else is done when it
/// stands down.
/// </summary>
public sealed partial class FailoverControl : IDisposable
{
    /// <summary>
    /// For so long frames to a virtual MAC address are still taken after it was given to a peer that lives: until every switch has heard
    /// of the move they come here, and nowhere else.
    /// </summary>
    public const long LingerNanoseconds = 250_000_000;

    /// <summary>Messages of sync that are sent in one turn: some hundred microseconds' work.</summary>
    public const int MessagesPerTurn = 32;

    private const int LastHeartbeats = 3;

    private readonly IFailoverSender _sender;
    private readonly Action<CarpTimelineEntry> _tell;
    private readonly Dictionary<PortId, LinkState> _links = [];
    private readonly Dictionary<(PortId, IpAddress), MacAddress> _peers = [];
    private readonly Queue<(MonotonicTime Until, VirtualHosts Hosts, byte Vhid)> _lingering = [];
    private readonly byte[] _frame = new byte[LaneFrames.MaxSyncLength + (TaggedFrames.MaxTags * VlanTagView.HeaderLength)];
    private UInt128 _session;
    private LaneLink? _lane;
    private bool _hadLane;
    private ulong _told;

    /// <param name="plan">What it begins with.</param>
    /// <param name="random">Of this run.</param>
    /// <param name="session">Of the lane: drawn anew at every start, from what nobody can guess.</param>
    /// <param name="sender">Of its frames.</param>
    /// <param name="tell">Told of each transition, behind the data plane.</param>
    /// <param name="now">Now.</param>
    public FailoverControl(
        FailoverPlan plan, KeyedRandom random, UInt128 session, IFailoverSender sender, Action<CarpTimelineEntry> tell, MonotonicTime now)
    {
        (Plan, _sender, _tell, _session, _begunAt) = (plan, sender, tell, session, now);
        Carp = new CarpNode(plan.Settings, random);
        OpenLane(now);
        foreach (FailoverPort port in plan.Ports) TellPort(port, now);
        Perform(now);
    }

    public FailoverPlan Plan { get; private set; }

    /// <summary>By which the workers know that the box is not asleep.</summary>
    public ActingLease Lease { get; init; } = new();

    /// <summary>The box did, before it had a pair: it need not ask whether it may.</summary>
    public bool HasForwarded { get; init; }

    /// <summary>To be looked at.</summary>
    public CarpNode Carp { get; }

    /// <summary>To be looked at; null: there is none.</summary>
    public Lane? Lane => _lane?.Lane;

    /// <summary>How states are shared; null: they are not.</summary>
    public SyncJoint? Sync { get; private set; }

    /// <summary>Frames on these ports that were no adverts, of the lane or of VLANs that nobody configured.</summary>
    public long Ignored { get; private set; }

    /// <summary>How late the latest step was, of all, nanoseconds.</summary>
    public long MaxLatenessNanoseconds { get; private set; }

    public MonotonicTime NextDeadline
    {
        get
        {
            MonotonicTime next = SpokenDeadline;
            if (PlannedDeadline < next) next = PlannedDeadline;
            return _lingering.TryPeek(out (MonotonicTime Until, VirtualHosts, byte) first) && first.Until < next ? first.Until : next;
        }
    }

    /// <summary>Another configuration, or other devices: groups that stay keep their state.</summary>
    public void Adopt(FailoverPlan plan, MonotonicTime now)
    {
        Step(now);
        Conclude(now);
        FailoverPlan before = Plan;
        if (!Equals(plan.Lane, before.Lane)) SayThatLaneEnds(now);
        Carp.Adopt(plan.Settings, now);
        Perform(now);                                                   // by the former plan: what is gone bows out there
        Plan = plan;
        if (!Equals(plan.Lane, before.Lane)) OpenLane(now);
        foreach (FailoverPort port in plan.Ports) TellPort(port, now);
        Perform(now);
    }

    /// <summary>The link of a physical port came up, went down, or its device is gone.</summary>
    public void OnLink(PortId physical, LinkState link, MonotonicTime now)
    {
        Step(now);
        _links[physical] = link;
        foreach (FailoverPort port in Plan.Ports)
        {
            if (port.Physical == physical) TellPort(port, now);
        }

        Perform(now);
    }

    /// <summary>A frame of CARP's protocol by a physical port, tags in place. The bytes are borrowed, and may be changed.</summary>
    public void OnFrame(PortId physical, Span<byte> frame, MonotonicTime now)
    {
        Step(now);
        if (!TaggedFrames.TryUntag(Plan.Table, physical.Index, frame, out int index, out Span<byte> untagged))
        {
            Ignored++;
            return;
        }

        var port = new PortId((ushort)index);
        if (_lane is null || !_lane.TryTake(port, untagged, now)) Hear(port, untagged, now);
        Perform(now);
    }

    /// <summary>Does what is due; answers whether anything was. What is planned comes last: who has slept gives up first.</summary>
    public bool Step(MonotonicTime now)
    {
        EndLingering(now);
        bool wasDue = Breathe(now);
        FollowPlanned(now);
        return wasDue;
    }

    /// <summary>Shares states by this joint from now on; null: no more.</summary>
    public void Join(SyncJoint? sync, MonotonicTime now)
    {
        Step(now);
        Sync?.JoinPorts();
        Sync = sync;
        _lane?.Carry(sync?.Exchange);
        FollowJoin(RankNow(), now);
    }

    /// <summary>
    /// Sends what there is of sync, a bounded part of it, so that heartbeats go in between; true: there is more. After every turn in which
    /// something was read or is due.
    /// </summary>
    public bool Speak(MonotonicTime now)
    {
        if (_lane is not { Sync: { } sync } lane) return false;
        int path = lane.SyncPathAt(now);
        if (Plan.Find(lane.Plan.Ports[path]) is not { } port) return false;
        for (int i = 0; i < MessagesPerTurn; i++)
        {
            int length = lane.WriteSync(path, port.Facts, _frame, now);
            if (length == 0 || Send(port, length) != CarpSendOutcome.Sent) return false;
        }

        return sync.HasToSay;
    }

    /// <summary>Adds to what an operator added before.</summary>
    public void AdjustDemotion(int adjustment, MonotonicTime now) => Do(then => Carp.AdjustDemotion(adjustment, then), now);

    /// <summary>
    /// Takes the box out of service, in order (<see cref="IsDraining"/>), or back. What nobody would take over it stays master of
    /// (<see cref="WhyNotHandedOver"/>).
    /// </summary>
    public void SetMaintenance(bool isOn, MonotonicTime now)
    {
        if (isOn) PlanEnd(LeaveService, now);
        else Do(then => Carp.SetMaintenance(isOn: false, then), now);
    }

    /// <summary>
    /// Hands every group to the peer, in order (<see cref="IsDraining"/>), unless the lane says that it would be nobody's
    /// (<see cref="WhyNotHandedOver"/>).
    /// </summary>
    public void HandOver(MonotonicTime now) => PlanEnd(HandOverIfTaken, now);

    /// <summary>Takes back every group that this box is the better master of.</summary>
    public void TakeBack(MonotonicTime now) => Do(Carp.TakeBack, now);

    private void SayThatItLeaves(MonotonicTime now)
    {
        if (_lane is not { } lane) return;
        lane.Lane.IsLeaving = true;
        MonotonicTime next = lane.Lane.NextDeadline;
        if (lane.Step(next > now ? next : now)) Beat(lane);
        Perform(now);
    }

    /// <summary>By several heartbeats, for there is no next one. A peer that is not heard has never been told otherwise.</summary>
    private void SayThatLaneEnds(MonotonicTime now)
    {
        if (_lane is not { Lane.State: LaneState.Present } lane) return;
        lane.Lane.IsEnding = true;
        for (int i = 0; i < LastHeartbeats; i++)
        {
            lane.BeatAtOnce(now);
            Beat(lane);
        }
    }

    public void Dispose() => _lane?.Dispose();

    private MonotonicTime SpokenDeadline => _lane?.NextDeadline ?? Carp.NextDeadline;

    private bool Breathe(MonotonicTime now)
    {
        MonotonicTime due = SpokenDeadline;
        if (now < due) return false;
        if (due.Nanoseconds > 0) MaxLatenessNanoseconds = Math.Max(MaxLatenessNanoseconds, now - due);
        if (_lane is not { } lane) Carp.Step(now);
        else if (lane.Step(now)) Beat(lane);
        Perform(now);
        ulong rank = RankNow();
        FollowJoin(rank, now);
        if (Sync is not { } sync) return true;
        sync.Exchange.Rank = rank;
        sync.DividePorts(_lane?.Lane.WinsTies ?? sync.Plan.ClaimsTies);
        return true;
    }

    private void OpenLane(MonotonicTime now)
    {
        _lane?.Dispose();
        _lane = Plan.Lane is { } plan ? new LaneLink(Carp, plan, _session++, _hadLane, now) : null;
        _hadLane |= _lane is not null;
        _lane?.Carry(Sync?.Exchange);
        Carp.ForgetPeer(now);
    }

    private void TellPort(FailoverPort port, MonotonicTime now) =>
        Carp.OnPort(port.Facts with { Link = _links.GetValueOrDefault(port.Physical, LinkState.Down) }, now);

    private void Hear(PortId port, Span<byte> frame, MonotonicTime now)
    {
        CarpRefusal refusal = Carp.OnFrame(port, frame, now);
        if (refusal == CarpRefusal.NotCarp) Ignored++;
        if (refusal != CarpRefusal.None) return;
        if (!EthernetView.TryParse(frame, out EthernetView ethernet) || CarpAddresses.IsVirtual(ethernet.Source)) return;
        if (SourceOf(ethernet) is { } source && IsPeer(port, source)) _peers[(port, source)] = ethernet.Source;
    }

    private static IpAddress? SourceOf(EthernetView frame) =>
        Ipv4View.TryParse(frame.Payload, out Ipv4View ipv4) ? ipv4.Source
        : Ipv6View.TryParse(frame.Payload, out Ipv6View ipv6) ? ipv6.Source
        : null;

    /// <summary>Only those who were configured are remembered.</summary>
    private bool IsPeer(PortId port, IpAddress address) => Carp.Settings.Groups.Any(group =>
        group.Port == port && (address.IsV6 ? group.PeerIpv6 == address.V6 : group.PeerIpv4 == address.V4));

    private void Beat(LaneLink lane)
    {
        for (int path = 0; path < lane.Plan.Ports.Length; path++)
        {
            if (Plan.Find(lane.Plan.Ports[path]) is not { } port) continue;
            int length = lane.Write(path, port.Facts, _frame);
            Send(port, length);
        }
    }

    private void Perform(MonotonicTime now)
    {
        while (Carp.Actions.TryTake(out CarpAction action))
        {
            FailoverPort? port = Plan.Find(action.Group.Settings.Port);
            if (!action.IsFrame) Move(action, port?.Hosts, now);
            else Carp.OnSent(action, port is null ? CarpSendOutcome.Failed : Send(action, port), now);
        }

        RenewLease(now);
        for (int untold = (int)Math.Min(Carp.Statistics.Transitions - _told, CarpTimeline.Capacity); untold > 0; untold--)
            _tell(Carp.Timeline.Entries.ElementAt(Carp.Timeline.Entries.Count - untold));
        _told = Carp.Statistics.Transitions;
    }

    /// <summary>Behind all that moved: the workers go by it as long as the box is anything.</summary>
    private void RenewLease(MonotonicTime now)
    {
        MonotonicTime until = MonotonicTime.Never;
        for (int i = 0; i < Carp.Groups.Count; i++)                     // an enumerator of these would be garbage
        {
            if (Carp.Groups[i].ActsUntil < until) until = Carp.Groups[i].ActsUntil;
        }

        if (until != MonotonicTime.Never && _lane?.ActsUntil(now) is { } asleep && asleep < until) until = asleep;
        Lease.Renew(AwaitsStates(now) ? ActingLease.Over : until);
    }

    /// <summary>Who slept, or has no link, takes nothing any more: what it has may be old.</summary>
    private void Move(in CarpAction action, VirtualHosts? hosts, MonotonicTime now)
    {
        byte vhid = action.Group.Settings.Vhid;
        if (action.Kind == CarpActionKind.TakeOver)
        {
            Sync?.Exchange.Settle(now);                                 // what has come is adopted before another frame is judged
            Sync?.RingWorkers();
            hosts?.Hold(vhid);
        }
        else if (hosts is null || action.Cause is CarpEvent.WokeLate or CarpEvent.NotReady)
        {
            hosts?.GiveUp(vhid);
            if (action.Cause == CarpEvent.WokeLate) Lease.Lapse();
        }
        else
        {
            hosts.Linger(vhid);
            _lingering.Enqueue((now + LingerNanoseconds, hosts, vhid));
        }
    }

    /// <summary>Whether frames are still taken for virtual hosts that were given away.</summary>
    private bool IsLingering => _lingering.Count > 0;

    private void EndLingering(MonotonicTime now)
    {
        while (_lingering.TryPeek(out (MonotonicTime Until, VirtualHosts Hosts, byte Vhid) first) && first.Until <= now)
        {
            _lingering.Dequeue();
            if (!first.Hosts.IsHeld(first.Vhid)) first.Hosts.GiveUp(first.Vhid);
        }
    }

    /// <summary>Whose states count: of who is master of more, and took it later; 0: of no master.</summary>
    private ulong RankNow()
    {
        ulong masters = 0, term = 0;
        for (int i = 0; i < Carp.Groups.Count; i++)
        {
            CarpGroup group = Carp.Groups[i];
            if (group.State != CarpState.Master) continue;
            masters++;
            term = Math.Max(term, group.Term);
        }

        return (masters << 32) | term;
    }

    private CarpSendOutcome Send(in CarpAction action, FailoverPort port)
    {
        MacAddress? peer = action.IsToPeer && _peers.TryGetValue((port.Facts.Id, action.Address), out MacAddress known) ? known : null;
        int length = CarpFrames.Write(action, Carp.Settings.Dscp, _frame, peer);
        return Send(port, length);
    }

    private CarpSendOutcome Send(FailoverPort port, int length)
    {
        length = TaggedFrames.Tag(Plan.Table, port.Facts.Id.Index, _frame, length);
        return _sender.Send(port.Physical, _frame.AsSpan(0, length));
    }
}
