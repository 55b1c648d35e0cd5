using Appliance.Engine;
using Appliance.Failover;

namespace Appliance.Node;

/// <content>
/// A box that is back and lacks states of its peer's is the worse master until it has them, as with FreeBSD's
/// <c>net.pfsync.carp_demotion_factor</c>: one that preempts takes over when connections live on behind it.
/// </content>
public sealed partial class FailoverControl
{
    /// <summary>So long at most: what cannot be had by then, as states of a port that is not here, is not worth waiting for.</summary>
    public const long JoinPatienceNanoseconds = 60_000_000_000;

    private MonotonicTime _lackingSince = MonotonicTime.Never;
    private readonly MonotonicTime _begunAt;
    private bool _isNew = true;                                         // never yet master, and never told what the peer knew

    /// <summary>
    /// Who is master of nothing and has not been told all yet says so in its demotion while the peer is master; and who has just begun,
    /// while the peer has not. Two that have just begun lack nothing that anybody has.
    /// </summary>
    private void FollowJoin(ulong rank, MonotonicTime now)
    {
        SyncExchange? sync = Sync?.Exchange;
        bool wasNew = _isNew;
        _isNew &= rank == 0 && sync is not { HasComparedAll: true };
        if (wasNew != _isNew) RenewLease(now);
        bool isShared = sync is { Phase: not SyncPhase.Unlike };
        if (_lane is { } lane) lane.Lane.IsNew = _isNew && isShared;
        bool isLacking = sync is { HasComparedAll: false, Phase: SyncPhase.Greeting or SyncPhase.Joining } && rank == 0
            && (_lane is { IsPeerMaster: true } || (_isNew && _lane is { Lane.IsPeerNew: false }));
        if (!isLacking) _lackingSince = MonotonicTime.Never;
        else if (_lackingSince == MonotonicTime.Never) _lackingSince = now;
        bool isPatient = isLacking && now - _lackingSince < JoinPatienceNanoseconds;
        bool isDemoted = Carp.Ledger.AmountOf(DemotionCause.StateSync) != 0;
        if (isPatient == isDemoted) return;
        Carp.Demote(DemotionCause.StateSync, "", isPatient ? CarpNodeSettings.DefaultDemotion : 0, now);
        Perform(now);
    }

    /// <summary>
    /// What a box that is spoken to too early forwarded it would translate as if it were new, and that would count on both boxes: of two
    /// connections of one key the later does. So it forwards nothing until it has been told, or nobody is there who could tell.
    /// </summary>
    private bool AwaitsStates(MonotonicTime now) => _isNew && !HasForwarded
        && Plan.AsksBeforeItForwards
        && _lane is { } lane && !lane.Lane.IsAlone(now)
        && Sync is not { Exchange.Phase: SyncPhase.Unlike }
        && now - _begunAt < JoinPatienceNanoseconds;
}
