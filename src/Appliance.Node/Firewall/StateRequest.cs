using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Firewall;

namespace Appliance.Node;

/// <summary>
/// Something that is done with the states of all workers, a part of them at a time: each worker looks at so many in a breath, by a letter
/// that goes to and fro. Used by one thread, the one that tends the node.
/// </summary>
public abstract class StateRequest
{
    /// <summary>States that a worker looks at in one breath.</summary>
    public const int StepsOfBreath = 1024;

    private ImmutableArray<StateLetter> _letters = [];
    private bool _isStuck;                                              // when it was last looked at

    /// <summary>Whether all states have been seen.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Called when it is done, by the thread that tends the node, which also sets it.</summary>
    public Action? Ended { get; set; }

    /// <summary>Whether it stands still because whoever asked has not taken what was found so far.</summary>
    internal bool IsBlocked => _isStuck && IsWanted && !HasRoom;

    /// <summary>The steering that it last began under; null: it has not begun.</summary>
    internal uint? BeganUnder { get; set; }

    /// <summary>Whether anybody still wants it; what is not wanted ends as soon as no worker has anything of it.</summary>
    internal virtual bool IsWanted => true;

    /// <summary>Whether there is room for what a letter brings.</summary>
    internal virtual bool HasRoom => true;

    /// <summary>Whether no worker has anything of it.</summary>
    internal bool IsBack => _letters.All(letter => !letter.IsAway);

    /// <summary>From the beginning, on all workers.</summary>
    internal void Begin(ImmutableArray<FirewallShard> shards, MonotonicTime now)
    {
        foreach (StateLetter letter in _letters) Take(letter, now);
        _letters = [.. shards.Select(shard => new StateLetter(this, shard))];
        Forget();
    }

    /// <summary>Sends the letters that are back on their way again. True: none has anything left to do.</summary>
    internal bool TryFinish(ImmutableArray<Worker> workers, MonotonicTime now)
    {
        bool areAllDone = true, isAnyAway = false;
        foreach (StateLetter letter in _letters)
        {
            if (letter.IsAway || (IsWanted && !HasRoom))
            {
                areAllDone = false;
                isAnyAway |= letter.IsAway;
                continue;
            }

            Take(letter, now);
            if (letter.HasEnded || !IsWanted) continue;
            areAllDone = false;
            isAnyAway = true;
            letter.TrySend(workers[letter.Shard.Worker]);
        }

        _isStuck = !areAllDone && !isAnyAway;
        return areAllDone;
    }

    internal void End()
    {
        IsDone = true;
        Ended?.Invoke();
    }

    /// <summary>On the worker's thread, between two breaths: looks at some states. Answers where to go on.</summary>
    internal abstract int Look(StateLetter letter, int from);

    /// <summary>What a worker has found since the last time.</summary>
    internal abstract void Take(StateLetter letter, MonotonicTime now);

    /// <summary>What was found so far: it may have been found twice, or missed.</summary>
    internal abstract void Forget();
}
