using System.Collections.Immutable;
using System.Text;
using Appliance.Engine;

namespace Appliance.Failover;

/// <summary>
/// A box's CARP and its end of the lane, together: what the peer says of its groups, and that it is gone, moves ours in milliseconds where
/// CARP alone takes seconds. On the wire it stays CARP. No I/O; belongs to one thread.
/// </summary>
/// <remarks>
/// Silence of the whole lane moves the groups whose port is one of its paths: whatever it was, nobody is heard there. Elsewhere the peer
/// may be heard still, so there it must have been its end: two paths or more that fell silent together, over links that are up here. Where
/// one alone was left, that wire may be what is broken, and the silence of advertisements must say it. While any path brings the peer's
/// claim to be master, the silence of its advertisements moves nobody: the peer lives, and a wire is broken.
/// </remarks>
public sealed class LanePair
{
    /// <summary>Both may be master of something for a moment whenever groups move.</summary>
    public const long ApartNanoseconds = 1_000_000_000;

    /// <summary>A master that slept alone hears for so long what has come, before it says anything.</summary>
    public const long ListenNanoseconds = 1_000_000;

    private readonly CarpNode _node;
    private readonly Lane _lane;
    private readonly LaneSettings _settings;
    private readonly ImmutableArray<PortId> _pathPorts;
    private readonly List<LaneClaim> _claims = [];
    private readonly PeerClaims _peers = new();
    private readonly HashSet<CarpGroup> _told = [];                   // whose counters this life of the peer has told
    private int _firstClaim;
    private MonotonicTime _metAt;                                     // this life of the peer
    private MonotonicTime _apartSince = MonotonicTime.Never;
    private MonotonicTime _listensUntil = MonotonicTime.Never;

    /// <param name="node">Its actions are to be taken after every call here, too.</param>
    /// <param name="lane">With as many paths as <paramref name="pathPorts"/>.</param>
    /// <param name="settings">The lane's.</param>
    /// <param name="pathPorts">Of each path the port it goes over; one that no group is on is never known to be down.</param>
    public LanePair(CarpNode node, Lane lane, LaneSettings settings, ImmutableArray<PortId> pathPorts) =>
        (_node, _lane, _settings, _pathPorts) = (node, lane, settings, pathPorts);

    public MonotonicTime NextDeadline => _node.IsListening ? _listensUntil
        : _node.NextDeadline < _lane.NextDeadline ? _node.NextDeadline : _lane.NextDeadline;

    /// <summary>
    /// When a box that does not breathe has slept: the peer may be about to take over, also one that was not there before.
    /// </summary>
    public MonotonicTime SleepsFrom => _lane.NextDeadline + (_settings.DetectNanoseconds / 2);

    /// <summary>The peer is master of something, as last heard.</summary>
    public bool IsPeerMaster => _peers.Masters > 0;

    /// <summary>
    /// Until when nobody takes over from this box by the lane, if its thread does nothing more: nobody can from a box that is alone.
    /// </summary>
    public MonotonicTime ActsUntil(MonotonicTime now) => _lane.IsAlone(now) ? MonotonicTime.Never : SleepsFrom;

    /// <summary>By what name a port is known on both boxes, whatever its number: FNV-1a of its name or role.</summary>
    public static uint TagOf(string portName)
    {
        uint hash = 2_166_136_261;
        foreach (byte octet in Encoding.UTF8.GetBytes(portName)) hash = (hash ^ octet) * 16_777_619;
        return hash;
    }

    /// <summary>
    /// Does what is due. A box that slept stands down before its timers get to say anything; the peer's end, or end of life, comes after.
    /// Without a peer it stays what it is, but hears first whether one has come and taken over. With <see cref="LaneTurn.Beat"/> each
    /// path's heartbeat is to be written and sent.
    /// </summary>
    public LaneTurn Step(MonotonicTime now)
    {
        if (Listens(now)) return LaneTurn.None;
        bool wasPresent = _lane.State == LaneState.Present;
        LaneTurn turn = _lane.Step(now);
        if ((turn & LaneTurn.WokeLate) != LaneTurn.None) WakeLate(wasPresent, now);
        _node.Step(now);
        if ((turn & LaneTurn.PeerLost) != LaneTurn.None) OnPeerLost(now);
        if ((turn & LaneTurn.Beat) != LaneTurn.None) GatherClaims();
        return turn;
    }

    private bool Listens(MonotonicTime now)
    {
        bool isToListen = _listensUntil != MonotonicTime.Never;
        bool hasSleptAlone = !isToListen && _lane.State != LaneState.Present && now >= SleepsFrom;
        bool hasSleptAgain = isToListen && now >= _listensUntil + (_settings.DetectNanoseconds / 2);
        if (hasSleptAlone || hasSleptAgain)
        {
            _listensUntil = now + ListenNanoseconds;
            WakeLate(wasPresent: false, now);
        }

        _node.IsListening = _listensUntil != MonotonicTime.Never && now < _listensUntil;
        if (!_node.IsListening) _listensUntil = MonotonicTime.Never;
        return _node.IsListening;
    }

    /// <summary>A heartbeat is due now: each path's is to be written and sent.</summary>
    public void BeatAtOnce(MonotonicTime now)
    {
        _lane.BeatAtOnce(now);
        GatherClaims();
    }

    /// <summary>The heartbeat that is due, for one path.</summary>
    public int Write(int path, Span<byte> message)
    {
        ReadOnlySpan<LaneClaim> claims = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_claims);
        return _lane.Write(path, claims, message);
    }

    /// <summary>
    /// Why what this box is master of would be nobody's if it gave it up; null: the peer could have all of it, or others may be there that
    /// no lane knows.
    /// </summary>
    public string? WhyNobodyTakesOver()
    {
        if (_node.Settings.Trust == CarpTrust.AnyValid) return null;
        foreach (CarpGroup group in _node.Groups)
        {
            if (group.State == CarpState.Master && WhyPeerDoesNotTake(group) is { } reason)
                return $"no peer on the lane can take over group {group.Name}: {reason}";
        }

        return null;
    }

    /// <summary>A message arrived by a path. <see cref="Step"/> comes first, so that a sleeper knows of it when it reads.</summary>
    public LaneHearing OnMessage(int path, ReadOnlySpan<byte> message, MonotonicTime now)
    {
        LaneHearing hearing = _lane.OnMessage(path, message, now);
        if (hearing is LaneHearing.Refused or LaneHearing.Greeting or LaneHearing.Copy) return hearing;
        if (hearing != LaneHearing.Heartbeat) Begin(now);
        if (hearing == LaneHearing.PeerRestarted && !_lane.HasPeerReopened) _node.Release();  // whom it was handed to is gone
        (_node.IsPeerPresent, _node.IsPeerDeaf) = (!_lane.IsPeerLeaving, !_lane.DoesPeerHear);
        _peers.Take(_lane.Claims);
        int? sides = now - _metAt >= _settings.DetectNanoseconds ? SidesHere() : null;
        foreach (CarpGroup group in _node.Groups) Take(group, sides, now);
        JoinSides(now);
        return hearing;
    }

    /// <summary>With this life of the peer: of an earlier one, or of before a silence, nothing counts.</summary>
    private void Begin(MonotonicTime now)
    {
        _told.Clear();
        _peers.Clear();
        (_metAt, _apartSince) = (now, MonotonicTime.Never);
    }

    /// <summary>
    /// Sides of a box that are apart carry nothing that is translated. Where each of the boxes has been master of something for a
    /// while, the one that has less gives it away, or else the worse one, if the other is ready for all of it.
    /// </summary>
    private void JoinSides(MonotonicTime now)
    {
        int? better = FindBetterBox();
        int own = _node.Groups.Count(group => group.State == CarpState.Master);
        int peers = _peers.Masters;
        bool isWhole = _peers.Count == _node.Groups.Count;
        if (better is null || own == 0 || peers == 0 || !isWhole || !_peers.AreAllReady) _apartSince = MonotonicTime.Never;
        else if (_apartSince == MonotonicTime.Never) _apartSince = now;
        bool isApart = _apartSince != MonotonicTime.Never && now - _apartSince >= ApartNanoseconds;
        if (!isApart || !IsPeerToHaveAll(own, peers, better ?? 0)) return;
        _apartSince = MonotonicTime.Never;
        _node.JoinPeer(now);
    }

    /// <summary>Both boxes come to the same answer: each has told its claims to the other.</summary>
    private bool IsPeerToHaveAll(int own, int peers, int betterBox) =>
        own != peers ? own < peers : betterBox < 0 || (betterBox == 0 && !_lane.WinsTies);

    /// <summary>
    /// Which box is the better master of all groups: 1 this one, -1 the peer, 0: there is no difference. Null: of some this one and of
    /// some the other, as where two boxes share the load; their groups are apart on purpose. What was handed over says nothing of that.
    /// </summary>
    private int? FindBetterBox()
    {
        int better = 0;
        foreach (CarpGroup group in _node.Groups)
        {
            if (!_peers.TryFind(group, out LaneClaim claim) || group.Interval == claim.Interval) continue;
            if (CarpNode.IsHandedOver(group) || claim.Interval == CarpInterval.Leaving) continue;
            int here = group.Interval < claim.Interval ? 1 : -1;
            if (better == -here) return null;
            better = here;
        }

        return better;
    }

    /// <summary>1: this box is master of something and the peer of nothing; -1: the other way round.</summary>
    private int SidesHere()
    {
        bool isMaster = _node.Groups.Any(group => group.State == CarpState.Master);
        return isMaster == IsPeerMaster || FindBetterBox() is null ? 0 : isMaster ? 1 : -1;
    }

    /// <summary>What the peer has no more it does not have, whatever it said of it before; its adverts decide.</summary>
    private void Take(CarpGroup group, int? sides, MonotonicTime now)
    {
        if (_peers.TryFindNewest(group, out LaneClaim claim))
        {
            TakeCounter(claim, group);
            group.OnPeerClaim(claim, sides, _lane.WinsTies, _settings.DetectNanoseconds, now);
        }
        else if (!_peers.TryFind(group, out _))
        {
            _told.Remove(group);
            group.OnPeerLost(isProof: false, now);
        }
    }

    /// <summary>A peer that believes any valid advert tells no counters, until it does otherwise.</summary>
    private void TakeCounter(in LaneClaim claim, CarpGroup group)
    {
        if (claim.NextCounter == 0) _told.Remove(group);
        else if (_told.Add(group)) group.Counters.OnPeerCounters(claim.NextCounter);
        else group.Counters.FollowPeerCounters(claim.NextCounter);
    }

    private string? WhyPeerDoesNotTake(CarpGroup group)
    {
        if (_lane.State != LaneState.Present) return "none is there";
        if (_lane.IsPeerLeaving) return "it is leaving";
        if (!_lane.DoesPeerHear) return "it does not hear this box";
        if (!_peers.TryFind(group, out LaneClaim claim)) return "it has no such group";
        return claim.State == CarpState.Initial ? "there it is INIT" : null;
    }

    /// <summary>What the peer has done meanwhile it tells within the detection time: it is not to be preempted before.</summary>
    private void WakeLate(bool wasPresent, MonotonicTime now)
    {
        _node.HoldPreemption(now + _settings.DetectNanoseconds);
        if (!wasPresent) return;
        foreach (CarpGroup group in _node.Groups)
        {
            if (group.State == CarpState.Master) group.Apply(CarpEvent.WokeLate, now);
        }
    }

    /// <summary>The silence of a peer that did not hear us is no proof: it may go on as master, and know of nobody.</summary>
    private void OnPeerLost(MonotonicTime now)
    {
        bool heardUs = _lane.DoesPeerHear, isEnd = HasLostSeveralPaths();
        (_node.IsPeerPresent, _node.IsPeerDeaf) = (false, false);
        _apartSince = MonotonicTime.Never;
        foreach (CarpGroup group in _node.Groups)
            group.OnPeerLost(heardUs && (isEnd || _pathPorts.Contains(group.Settings.Port)), now);
    }

    /// <summary>At once, and not by what happened to the links of this box.</summary>
    private bool HasLostSeveralPaths()
    {
        int lost = 0;
        for (int path = 0; path < _pathPorts.Length; path++)
        {
            if (_lane.LivedLast(path) && !_node.IsDown(_pathPorts[path])) lost++;
        }

        return lost > 1;
    }

    /// <summary>
    /// All groups when they fit into a message; else as many as do, by turns (<see cref="PeerClaims"/>). That we bowed out the peer may not
    /// have heard.
    /// </summary>
    private void GatherClaims()
    {
        _claims.Clear();
        int count = Math.Min(_node.Groups.Count, _lane.ClaimRoom);
        bool tellsCounters = _node.Settings.Trust == CarpTrust.AnnouncedCounters;
        for (int i = 0; i < count; i++)
        {
            CarpGroup group = _node.Groups[(_firstClaim + i) % _node.Groups.Count];
            _claims.Add(new LaneClaim(
                group.Port.Tag, group.Settings.Vhid, group.State,
                CarpNode.IsHandedOver(group) ? CarpInterval.Leaving : group.Interval,
                group.Term, tellsCounters ? group.NextCounter : 0));
        }

        if (_node.Groups.Count > 0) _firstClaim = (_firstClaim + count) % _node.Groups.Count;
    }
}
