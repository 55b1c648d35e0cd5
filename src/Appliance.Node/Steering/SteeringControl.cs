using System.Collections.Immutable;
using Appliance.Engine;

namespace Appliance.Node;

/// <summary>
/// Changes how frames find their worker while frames flow: one change at a time, by mail to all workers. It watches the load by bucket and
/// moves buckets when one worker has clearly more than its share. Called by one thread at a time.
/// </summary>
/// <param name="workers">All of them.</param>
/// <param name="rules">In force at the start.</param>
/// <param name="rebalances">Whether load decides; otherwise the table stays as it was given.</param>
internal sealed class SteeringControl(ImmutableArray<Worker> workers, SteeringRules rules, bool rebalances)
{
    /// <summary>Nanoseconds between two looks at the load: a skew is evened out two looks after it began, at the latest.</summary>
    public const long Interval = 100_000_000;

    /// <summary>Frames that an interval must have for its load to mean anything.</summary>
    public const long FewestFrames = 1000;

    private readonly long[] _seen = new long[IndirectionTable.MaxBuckets];
    private readonly long[] _loads = new long[IndirectionTable.MaxBuckets];
    private MonotonicTime? _nextLook;
    private BucketMove? _move;
    private SteeringSwap? _swap;
    private SteeringRules? _wanted;
    private uint _number;

    /// <summary>What the last change asked for.</summary>
    public SteeringRules Rules { get; private set; } = rules;

    public bool Rebalances { get; set; } = rebalances;

    /// <summary>While it is, no bucket is moved.</summary>
    public bool IsHeld { get; set; }

    /// <summary>Grows with every change that begins.</summary>
    public uint Number => _number;

    /// <summary>Whether every worker goes by <see cref="Rules"/>.</summary>
    public bool IsSettled => _wanted is null && _move is not { IsDone: false } && _swap is not { IsDone: false };

    public MonotonicTime NextDeadline => !IsSettled ? new MonotonicTime(long.MinValue) : Looks ? _nextLook ?? default : MonotonicTime.Never;

    private bool Looks => Rebalances && workers.Length > 1;

    /// <summary>
    /// Other rules, as soon as what is under way is done; asked for twice, the last counts. Rules that differ in nothing but their table
    /// keep the table in force, which load may have changed.
    /// </summary>
    public void Change(SteeringRules next)
    {
        if (next.HasSameHashAs(_wanted ?? Rules)) return;
        _wanted = next;
        Begin();
    }

    /// <summary>Another table for the same buckets. False: something else is under way, or nothing would change.</summary>
    public bool TryMove(IndirectionTable table)
    {
        if (!IsSettled || IsHeld) return false;
        var move = new BucketMove(_number + 1, Rules, table);
        if (move.Transfers.IsEmpty) return false;
        _number++;
        _move = move;
        Rules = move.Rules;
        Post(move);
        return true;
    }

    /// <summary>Goes on with what is under way, and looks at the load when it is time.</summary>
    public void Tend(MonotonicTime now)
    {
        Begin();
        if (!Looks || !IsSettled) return;
        _nextLook ??= now + Interval;
        if (now < _nextLook) return;
        _nextLook = now + Interval;
        if (ReadLoads() >= FewestFrames && Rebalancer.TryImprove(_loads, Rules.Table, workers.Length, out IndirectionTable better))
            TryMove(better);
    }

    private void Begin()
    {
        if (_wanted is null || _move is { IsDone: false } || _swap is { IsDone: false }) return;
        Rules = _wanted;
        _wanted = null;
        _swap = new SteeringSwap(_number + 1, Rules, workers.Length);
        _number += SteeringSwap.Numbers;
        Post(_swap);
    }

    /// <summary>A worker that has not read its mail for so long that there is no room is a broken invariant.</summary>
    private void Post(IWorkerMail mail)
    {
        foreach (Worker worker in workers)
        {
            if (!worker.TryPost(mail)) throw new InvalidOperationException($"Worker {worker.Id} reads no mail.");
        }
    }

    /// <summary>Frames by bucket since the last look; answers their sum.</summary>
    private long ReadLoads()
    {
        long sum = 0;
        for (int bucket = 0; bucket < Rules.Table.Buckets; bucket++)
        {
            long frames = 0;
            foreach (Worker worker in workers) frames += worker.Counters.Buckets[bucket];
            _loads[bucket] = frames - _seen[bucket];
            _seen[bucket] = frames;
            sum += _loads[bucket];
        }

        return sum;
    }
}
