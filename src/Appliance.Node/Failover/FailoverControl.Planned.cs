using Appliance.Engine;

namespace Appliance.Node;

/// <content>
/// What a box does before it gives up its groups on purpose, and behind it.
/// <code>
///   asked ──► listen: who has just slept hears first whether another has taken over meanwhile
///         ──► drain: new flows wait for the peer, and it learns all that was forwarded before ──► bow out ──► linger ──► done
///             (at most DrainNanoseconds)                                                          frames that still come are forwarded
///                                                                                                 and told; who leaves drains once more
/// </code>
/// Where no states are shared, or no peer is there to tell, groups go at once.
/// </content>
public sealed partial class FailoverControl
{
    /// <summary>So long at most a planned end waits until the peer knows what it takes over.</summary>
    public const long DrainNanoseconds = SyncJoint.PlannedPatience;

    private const long LookNanoseconds = 1_000_000;

    private Action<MonotonicTime>? _end;                                // once the peer knows all
    private MonotonicTime _endAt;                                       // at the latest
    private MonotonicTime _lookAt;
    private Departure _departure;

    private enum Departure
    {
        None,
        BowingOut,                                                      // or behind it, while frames still come
        SayingGoodbye,                                                  // what those have made is told
        Done,
    }

    /// <summary>Groups are to be handed over, and still here: the peer is being told what it lacks.</summary>
    public bool IsDraining => _end is not null;

    /// <summary>
    /// Why groups stayed here when they were last to be handed over; null: they went, or <see cref="IsDraining"/> is still true of it.
    /// </summary>
    public string? WhyNotHandedOver { get; private set; }

    /// <summary><see cref="Leave"/> has come to its end.</summary>
    public bool HasLeft => _departure == Departure.Done;

    /// <summary>
    /// The orderly end: the peer is told what it lacks, every master bows out, what still comes is forwarded and told, and the lane says
    /// that it leaves. To be stepped until <see cref="HasLeft"/>.
    /// </summary>
    public void Leave(MonotonicTime now)
    {
        if (_departure != Departure.None) return;
        PlanEnd(Carp.Stop, now);
        _departure = Departure.BowingOut;
        FollowPlanned(now);
    }

    private MonotonicTime PlannedDeadline =>
        _end is not null ? _lookAt : _departure == Departure.BowingOut && !IsLingering ? new MonotonicTime(0) : MonotonicTime.Never;

    /// <summary>Judged when it is done: who listens, or drains, knows of its peer by then.</summary>
    private void HandOverIfTaken(MonotonicTime now)
    {
        WhyNotHandedOver = _lane?.WhyNobodyTakesOver();
        if (WhyNotHandedOver is null) Carp.HandOver(now);
    }

    private void LeaveService(MonotonicTime now)
    {
        WhyNotHandedOver = _lane?.WhyNobodyTakesOver();
        Carp.SetMaintenance(isOn: true, now, isAlone: WhyNotHandedOver is not null);
    }

    /// <summary>Does it when the peer knows all that was forwarded, or cannot be told.</summary>
    private void PlanEnd(Action<MonotonicTime> end, MonotonicTime now)
    {
        Step(now);
        if (!TryPutBehind(end))
        {
            Conclude(now);
            _end = end;
        }

        _endAt = now + DrainNanoseconds;
        Sync?.BeginPlannedEnd();
        FollowPlanned(now);
    }

    /// <summary>Does it at once, and what was planned before it.</summary>
    private void Do(Action<MonotonicTime> change, MonotonicTime now)
    {
        Step(now);
        if (TryPutBehind(change)) return;
        Conclude(now);
        change(now);
        Perform(now);
    }

    /// <summary>Who listens has not said yet what was planned: what he is told now comes behind that.</summary>
    private bool TryPutBehind(Action<MonotonicTime> next)
    {
        if (_end is not { } planned || !Carp.IsListening) return false;
        _end = then =>
        {
            planned(then);
            next(then);
        };
        return true;
    }

    private void FollowPlanned(MonotonicTime now)
    {
        _lookAt = now + LookNanoseconds;
        if (_end is not null && !Carp.IsListening && (now >= _endAt || Sync is not { } sync || sync.IsTold(now))) Conclude(now);
        if (_end is not null || IsLingering) return;
        if (_departure == Departure.BowingOut)
        {
            _departure = Departure.SayingGoodbye;
            PlanEnd(SayGoodbye, now);
        }
        else if (_departure == Departure.None && Sync is { Streams.HoldsForNow: true })
        {
            Sync.EndPlannedEnd();
        }
    }

    private void SayGoodbye(MonotonicTime now)
    {
        SayThatItLeaves(now);
        _departure = Departure.Done;
    }

    /// <summary>What was planned is done, now.</summary>
    private void Conclude(MonotonicTime now)
    {
        if (_end is not { } end) return;
        _end = null;
        end(now);
        Perform(now);
    }
}
