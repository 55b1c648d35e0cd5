namespace Appliance.Firewall;

/// <summary>
/// The sets of match rules that packets on their way to a state have met, each by a number: a state counts with them, and logs with them,
/// for as long as it lives. Shared by all workers; a set that is there never changes. Entering one takes no lock and allocates nothing; two
/// workers that enter the same one at once may give it two numbers.
/// </summary>
internal sealed class MatchSets
{
    /// <summary>The number of no set.</summary>
    public const ushort Empty = 0;

    /// <summary>Sets. Rules are few that are of this kind, and what they are combined with is the same for whole networks.</summary>
    private const int Capacity = 1 << 12;

    private const int Probes = 16;
    private const int Free = 0, Taken = 1;          // else: the set's hash, and it is there

    public static readonly MatchSets None = new(0);

    private readonly int[] _states;
    private readonly byte[] _counts;
    private readonly int[] _rules;

    private MatchSets(int capacity)
    {
        _states = new int[capacity];
        _counts = new byte[capacity];
        _rules = new int[capacity * RuleTrail.Capacity];
    }

    /// <summary>Room for a list that has match rules; for others none is needed.</summary>
    public static MatchSets For(RuleList rules)
    {
        for (int rule = 0; rule < rules.Count; rule++)
        {
            if (rules[rule].Action == RuleAction.Match && !rules[rule].IsAnchor) return new MatchSets(Capacity);
        }

        return None;
    }

    /// <summary>The rules of a set, in the order in which they matched.</summary>
    public ReadOnlySpan<int> this[ushort set] =>
        set == Empty || set > _counts.Length ? default : _rules.AsSpan((set - 1) * RuleTrail.Capacity, _counts[set - 1]);

    /// <summary>
    /// The number of the match rules in a trail. <see cref="Empty"/> too where there is no room: such a state counts without them.
    /// </summary>
    public ushort Enter(ref RuleTrail trail)
    {
        Span<int> rules = stackalloc int[RuleTrail.Capacity];
        int count = 0;
        var hash = new HashCode();
        for (int i = 0; i < trail.Count; i++)
        {
            if (!trail[i].Gathered) continue;
            rules[count] = trail[i].Rule;
            hash.Add(rules[count++]);
        }

        return count == 0 || _states.Length == 0 ? Empty : Enter(rules[..count], hash.ToHashCode() | 2);
    }

    /// <summary>The number of these, in the order in which they matched.</summary>
    public ushort Enter(ReadOnlySpan<int> rules)
    {
        var hash = new HashCode();
        foreach (int rule in rules) hash.Add(rule);
        return rules.IsEmpty || _states.Length == 0 ? Empty : Enter(rules, hash.ToHashCode() | 2);
    }

    private ushort Enter(ReadOnlySpan<int> rules, int hash)
    {
        for (int probe = 0; probe < Probes; probe++)
        {
            int slot = (int)((uint)(hash + probe) % (uint)_states.Length);
            int state = Volatile.Read(ref _states[slot]);
            if (state == Free && (state = Interlocked.CompareExchange(ref _states[slot], Taken, Free)) == Free)
            {
                rules.CopyTo(_rules.AsSpan(slot * RuleTrail.Capacity));
                _counts[slot] = (byte)rules.Length;
                Volatile.Write(ref _states[slot], hash);
                return (ushort)(slot + 1);
            }

            if (state == hash && this[(ushort)(slot + 1)].SequenceEqual(rules)) return (ushort)(slot + 1);
        }

        return Empty;
    }
}
