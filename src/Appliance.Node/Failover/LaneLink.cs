using Appliance.Engine;
using Appliance.Failover;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Node;

/// <summary>The lane and the frames that carry it. Belongs to the thread of failover.</summary>
internal sealed class LaneLink : IDisposable
{
    private readonly LanePlan _plan;
    private readonly LanePair _pair;
    private readonly byte[] _room = new byte[Appliance.Failover.Lane.MaxSyncMessageLength];
    private SyncExchange? _former;                                      // the last that this life of the lane has carried
    private MacAddress _peerMac = MacAddress.Broadcast;                 // on the sync link; all hear us until the peer has spoken

    /// <param name="node">Whose groups the lane moves.</param>
    /// <param name="session">Of this life of the lane; never one that was there before.</param>
    /// <param name="isReopened">The box had another before.</param>
    public LaneLink(CarpNode node, LanePlan plan, UInt128 session, bool isReopened, MonotonicTime now)
    {
        _plan = plan;
        Lane = new Lane(plan.Settings, plan.NewKey(), session, now)
        {
            IsReopened = isReopened,
            PathTags = plan.PathTags,
            ClaimsTies = plan.ClaimsTies,
        };
        _pair = new LanePair(node, Lane, plan.Settings, plan.Ports);
    }

    public Lane Lane { get; }

    public LanePlan Plan => _plan;

    /// <summary>What is told of the peer, and brought to it and from it; null: no states are shared.</summary>
    public SyncExchange? Sync { get; private set; }

    public MonotonicTime NextDeadline
    {
        get
        {
            MonotonicTime next = _pair.NextDeadline;
            return Sync is { } sync && sync.NextDeadline < next ? sync.NextDeadline : next;
        }
    }

    /// <summary>The path that sync takes: the sync link while it lives both ways, else the first that does, or that lives at all.</summary>
    public int SyncPathAt(MonotonicTime now)
    {
        int first = -1;
        for (int path = 0; path < _plan.Ports.Length; path++)
        {
            if (!Lane.IsAlive(path, now)) continue;
            if (Lane.DoesPeerHearOn(path)) return path;
            if (first < 0) first = path;
        }

        return Math.Max(first, 0);
    }

    /// <summary>Shares states by this lane from now on.</summary>
    public void Carry(SyncExchange? sync)
    {
        Sync?.OnPeerLost();
        sync?.OnPeerLost();                                             // that of another lane, if it had one
        _former = Sync ?? _former;
        if (_former is { } former) sync?.Replace(former);
        Sync = sync;
        sync?.BreaksTies = Lane.BreaksTies;
        if (Lane.State == LaneState.Present) sync?.OnPeerFound();
    }

    public MonotonicTime ActsUntil(MonotonicTime now) => _pair.ActsUntil(now);

    public bool IsPeerMaster => _pair.IsPeerMaster;

    /// <summary>Null: somebody does, as far as is known.</summary>
    public string? WhyNobodyTakesOver() => _pair.WhyNobodyTakesOver();

    /// <summary>True: each path is to be written and sent.</summary>
    public bool Step(MonotonicTime now)
    {
        bool hasSlept = now - Lane.NextDeadline >= SyncExchange.SleepNanoseconds;
        LaneTurn turn = _pair.Step(now);
        bool beats = (turn & LaneTurn.Beat) != LaneTurn.None;
        if (Sync is not { } sync) return beats;
        if ((turn & LaneTurn.PeerLost) != LaneTurn.None) sync.OnPeerLost();
        if (hasSlept) sync.OnSlept();
        if (beats) sync.OnBeat();
        sync.Step(now);
        return beats;
    }

    /// <summary>Each path is to be written and sent, due or not.</summary>
    public void BeatAtOnce(MonotonicTime now) => _pair.BeatAtOnce(now);

    /// <summary>The frame of one path, untagged; answers its length.</summary>
    public int Write(int path, CarpPort port, Span<byte> frame)
    {
        LaneAddresses ends = EndsOf(path, port);
        int length = _pair.Write(path, frame[LaneFrames.OffsetFor(ends.Destination)..]);
        return LaneFrames.Complete(frame, length, ends);
    }

    /// <summary>The next frame of sync for a path, untagged; answers its length, 0 when there is none now.</summary>
    public int WriteSync(int path, CarpPort port, Span<byte> frame, MonotonicTime now)
    {
        if (Sync is not { } sync || Lane.State != LaneState.Present) return 0;
        LaneAddresses ends = EndsOf(path, port);
        Span<byte> message = frame[LaneFrames.OffsetFor(ends.Destination)..];
        if (!sync.TryWrite(message[Appliance.Failover.Lane.SyncOffset..], now, out int length)) return 0;
        return LaneFrames.Complete(frame, Lane.SealSync(path, message, length), ends);
    }

    /// <summary>An untagged frame of a port; false: it is none of the lane's.</summary>
    public bool TryTake(PortId port, Span<byte> frame, MonotonicTime now)
    {
        int path = _plan.Ports.IndexOf(port);
        if (path < 0 || !LaneFrames.TryOpen(frame, out IpAddress destination, out Span<byte> message)) return false;
        bool isForUs = path == 0 ? destination == _plan.Own : destination == LaneFrames.GroupOf(destination.IsV6);
        if (!isForUs) return true;
        if (Appliance.Failover.Lane.IsSync(message))
        {
            if (Lane.TryOpenSync(path, message, _room, out ReadOnlySpan<byte> opened)) Sync?.OnMessage(opened, now);
            return true;
        }

        LaneHearing hearing = _pair.OnMessage(path, message, now);
        Sync?.BreaksTies = Lane.BreaksTies;
        if (hearing is LaneHearing.PeerFound or LaneHearing.PeerRestarted) Sync?.OnPeerFound();
        bool isProven = hearing is not (LaneHearing.Refused or LaneHearing.Greeting);          // a greeting may be a recording
        if (path == 0 && isProven) _peerMac = MacAddress.Read(frame[MacAddress.Length..]);
        return true;
    }

    public void Dispose() => Lane.Dispose();

    private LaneAddresses EndsOf(int path, CarpPort port)
    {
        IpAddress destination = path == 0 ? _plan.Peer : LaneFrames.GroupOf(port.Addresses.All(address => address.IsV6));
        IpAddress source = path == 0 ? _plan.Own : port.SourceFor(destination);
        MacAddress mac = path == 0 ? _peerMac : destination.IsV6 ? LaneFrames.Ipv6Group.GroupMac : LaneFrames.Ipv4Group.GroupMac;
        return new LaneAddresses(port.Mac, mac, source, destination);
    }
}
