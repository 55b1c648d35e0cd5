using Appliance.Engine;
using Appliance.Wire.Sync;

namespace Appliance.Failover;

/// <summary>
/// Which time it is that the two are together. Each end numbers its own; they are in one epoch when each has heard the other name both.
/// </summary>
/// <remarks>
/// <code>
///   ┌───────┐ peer found ┌──────────┐  named ours   ┌──────┐
///   │ alone │ ─────────► │ greeting │ ────────────► │ open │
///   └───────┘            └──────────┘               └──────┘
///       ▲  peer lost        │    ▲   peer's is newer    │
///       └───────────────────┘    └──────────────────────┘
/// </code>
/// Messages come from the lane's present peer only, so numbers of its former lives never meet these.
/// </remarks>
internal sealed class SyncEpoch
{
    private MonotonicTime _outrankedSince = MonotonicTime.Never;
    private ulong _peerRank;

    public uint Own { get; private set; }

    /// <summary>As last heard; 0: not yet.</summary>
    public uint Peer { get; private set; }

    /// <summary>Ours, for as long as this epoch lasts: both must find the same leader.</summary>
    public ulong Rank { get; private set; }

    public bool HasPeer { get; private set; }

    public bool IsOpen { get; private set; }

    /// <summary>Streams of the peer's are other ones than ours.</summary>
    public bool IsUnlike { get; set; }

    /// <summary>Numbers go on behind those that this life of the lane has had.</summary>
    public void GoOnFrom(uint own) => Own = Math.Max(Own, own);

    public void Begin(uint peer, ulong rank)
    {
        Own++;
        (Peer, Rank, HasPeer, IsOpen, IsUnlike) = (peer, rank, true, false, false);
    }

    public void Forget() => (Peer, HasPeer, IsOpen, IsUnlike) = (0, false, false, false);

    public void Open(uint peer, ulong peerRank)
    {
        (Peer, _peerRank, IsOpen, IsUnlike) = (peer, peerRank, true, false);
        _outrankedSince = MonotonicTime.Never;
    }

    public SyncHearing Hear(in SyncView view)
    {
        if (!HasPeer || view.Epoch == 0 || view.Epoch < Peer) return SyncHearing.Stale;
        if (IsOpen && view.Epoch > Peer) return SyncHearing.Anew;
        if (IsOpen) return view.PeerEpoch == Own ? SyncHearing.Current : SyncHearing.Stale;
        Peer = view.Epoch;
        return view.PeerEpoch == Own ? SyncHearing.Answer : SyncHearing.Greeting;
    }

    /// <summary>Whose states count, as far as ranks and ties go.</summary>
    /// <param name="greeting">The peer's.</param>
    /// <param name="claimsTies">What this end says of itself.</param>
    /// <param name="breaksTies"><see cref="SyncExchange.BreaksTies"/>.</param>
    public bool Leads(in SyncGreeting greeting, bool claimsTies, bool? breaksTies)
    {
        if (Rank != greeting.Rank) return Rank > greeting.Rank;
        return claimsTies != greeting.WinsTies ? claimsTies : breaksTies ?? !greeting.WinsTies;
    }

    /// <summary>Whether a follower has outranked its leader for so long that the two should exchange their parts.</summary>
    public bool IsOutranked(ulong rank, bool isLeader, long hold, MonotonicTime now)
    {
        if (isLeader || rank <= _peerRank) _outrankedSince = MonotonicTime.Never;
        else if (_outrankedSince == MonotonicTime.Never) _outrankedSince = now;
        return _outrankedSince != MonotonicTime.Never && now - _outrankedSince >= hold;
    }
}
