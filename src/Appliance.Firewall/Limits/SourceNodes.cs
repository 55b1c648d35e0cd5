using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// The sources that rules track (<c>source-track</c>), of all workers: how many states and connections each has. Touched only when a state
/// is made, ends, or becomes a connection; a source is in one of many small sets, claimed for a few instructions. What finds no room is
/// refused. A source without states is remembered for <c>src.track</c> seconds of its rule.
/// </summary>
public sealed class SourceNodes
{
    public const int DefaultLimit = 10_000;                             // pf's limit src-nodes
    public const int MaxLimit = 1 << 20;

    private readonly StateLimits _limits;
    private readonly KeyedRandom _random;
    private volatile SourceTable? _table;
    private int _max;
    private int _count;
    private int _idle;

    /// <param name="limits">Has the accounts of rules.</param>
    /// <param name="random">The secret.</param>
    public SourceNodes(StateLimits limits, KeyedRandom random) => (_limits, _random) = (limits, random);

    /// <summary>Sources that are known.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Those without states, which are to be forgotten when their time is up.</summary>
    public int Idle => Volatile.Read(ref _idle);

    /// <summary>How many sets <see cref="Forget"/> may be asked about.</summary>
    internal int Sets => _table?.Sets ?? 0;

    /// <summary>
    /// Sets how many there may be (<c>set limit src-nodes</c>). Fewer than there are ends none. By the thread that loads rulesets, while
    /// workers go on.
    /// </summary>
    public void Prepare(int max)
    {
        SourceTable? before = _table;
        if (before is null)
        {
            _table = new SourceTable(max, _random);
        }
        else if (max > before.Capacity)
        {
            var larger = new SourceTable(max, _random);
            foreach (SourceNode lost in before.MoveTo(larger)) Uncount(lost);
            _table = larger;
        }

        Volatile.Write(ref _max, max);
    }

    /// <summary>Counts a state with its source. False: the source, the rule or the appliance has as many as it may have.</summary>
    internal bool TryHold(in SourceKey key, StatePolicy policy, uint now)
    {
        if (_table is not { } start || !start.TryEnter(key, out SourceTable table, out int set)) return false;
        Span<SourceNode> nodes = table.NodesOf(set);
        int place = Find(nodes, key, now);
        bool isHeld = place >= 0
            ? policy.MaximumStatesOfSource == 0 || nodes[place].States < policy.MaximumStatesOfSource
            : TryOpen(nodes, key, policy, out place);
        if (isHeld)
        {
            ref SourceNode node = ref nodes[place];
            if (node.States++ == 0 && node.ExpiresAt > now) Interlocked.Decrement(ref _idle);
        }

        table.Leave(set);
        return isHeld;
    }

    /// <summary>The state was not made after all.</summary>
    internal void TakeBack(in SourceKey key, uint now) => Release(key, wasConnected: false, keptUntil: 0, now);

    /// <summary>A state of the source has ended. The node may be gone if a table had no room for it.</summary>
    /// <param name="key">As it was held.</param>
    /// <param name="wasConnected"><see cref="Connect"/> was told of it.</param>
    /// <param name="keptUntil">If it was the last: until when the source is remembered, in seconds.</param>
    /// <param name="now">In seconds.</param>
    internal void Release(in SourceKey key, bool wasConnected, uint keptUntil, uint now)
    {
        if (_table is not { } start || !start.TryEnter(key, out SourceTable table, out int set)) return;
        foreach (ref SourceNode node in table.NodesOf(set))
        {
            if (!node.Is(key) || node.States == 0) continue;
            node.States--;
            if (wasConnected) node.Connections--;
            if (node.States > 0) break;
            node.ExpiresAt = Math.Max(node.ExpiresAt, keptUntil);
            Interlocked.Increment(ref _idle);
            if (!node.IsOver(now)) break;
            Uncount(node);
            node = default;
            break;
        }

        table.Leave(set);
    }

    /// <summary>A state of the source has become a connection. True: that is one too many.</summary>
    /// <param name="key">As it was held.</param>
    /// <param name="policy">The rule's.</param>
    /// <param name="now">In seconds.</param>
    /// <param name="age">Since when it is one, in seconds, where the peer tells of it.</param>
    internal bool Connect(in SourceKey key, StatePolicy policy, uint now, uint age = 0)
    {
        if (_table is not { } start || !start.TryEnter(key, out SourceTable table, out int set)) return false;
        bool isOver = false;
        foreach (ref SourceNode node in table.NodesOf(set))
        {
            if (!node.Is(key)) continue;
            isOver = node.Connect(policy, now, age);
            break;
        }

        table.Leave(set);
        return isOver;
    }

    /// <summary>Forgets those of a set whose time is up.</summary>
    internal void Forget(int set, uint now)
    {
        if (_table is not { } table || set >= table.Sets || !table.TryEnter(set)) return;
        Find(table.NodesOf(set), default, now);
        table.Leave(set);
    }

    /// <summary>The source's place, or −1; on the way forgets what is over.</summary>
    private int Find(Span<SourceNode> nodes, in SourceKey key, uint now)
    {
        int place = -1;
        for (int i = 0; i < nodes.Length; i++)
        {
            if (nodes[i].IsOver(now))
            {
                Uncount(nodes[i]);
                nodes[i] = default;
            }
            else if (nodes[i].Is(key))
            {
                place = i;
            }
        }

        return place;
    }

    private bool TryOpen(Span<SourceNode> nodes, in SourceKey key, StatePolicy policy, out int place)
    {
        for (place = 0; place < nodes.Length && nodes[place].IsUsed;) place++;
        if (place == nodes.Length || !StateLimits.TryIncrement(ref _count, Volatile.Read(ref _max))) return false;
        if (!_limits.TryTakeSource(key.Account, policy.MaximumSources))
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        nodes[place] = new SourceNode { Address = key.Address, IsV6 = key.IsV6, Account = key.Account, IsUsed = true };
        return true;
    }

    private void Uncount(in SourceNode node)
    {
        _limits.ReleaseSource(node.Account);
        Interlocked.Decrement(ref _count);
        if (node.States == 0) Interlocked.Decrement(ref _idle);
    }
}
