namespace Appliance.Firewall;

/// <summary>
/// What one worker sees of the tables, and what it counts in them: as in pf every packet, judged by a rule or by a state of it, counts with
/// the entries of that rule's tables that contain the ends of its flow (pfr_update_stats).
/// </summary>
internal sealed class TableTally
{
    private TableSet _tables = TableSet.Empty;
    private RuleList _rules = RuleList.Empty;
    private bool[]? _counting;                      // by rule: looks into a table that counts; null: none does
    private long _version;
    private int _worker;

    public void Adopt(FirewallModel model, int worker)
    {
        (_tables, _rules, _worker) = (model.Tables, model.Filter.List, worker);
        _counting = null;
        for (int rule = 0; rule < _rules.Count; rule++)
        {
            if (!Counts(_rules[rule].Source) && !Counts(_rules[rule].Destination)) continue;
            _counting ??= new bool[_rules.Count];
            _counting[rule] = true;
        }

        _version = -1;
        Refresh();
    }

    /// <summary>Whether any rule looks into a table that counts.</summary>
    public bool IsCounting => _counting is not null;

    /// <summary>Before each batch.</summary>
    public void Refresh()
    {
        long version = _tables.Version;
        if (version == _version) return;
        _version = version;                                             // first: what is edited meanwhile is seen again
        foreach (ResolvedTable table in _tables.Tables) table.Contents.Follow(_worker);
    }

    /// <summary>A packet that a rule has judged.</summary>
    public void Count(int rule, in PacketView view, bool passed)
    {
        if (_counting is null || rule == RuleMatch.DefaultRule || !_counting[rule]) return;
        Count(_rules[rule].Source, view.Source, view, passed);
        Count(_rules[rule].Destination, view.Destination, view, passed);
    }

    /// <summary>A packet that a state has passed, whichever way: the rule's source is who began the flow.</summary>
    public void CountOfState(int rule, in FlowRecord state, in PacketView view)
    {
        if (_counting is null || !_counting[rule]) return;
        bool isIn = state.Direction == FlowDirection.In;
        FlowKey key = isIn ? state.Stack : state.Wire;
        Count(_rules[rule].Source, isIn ? key.Outside : key.Inside, view, passed: true);
        Count(_rules[rule].Destination, isIn ? key.Inside : key.Outside, view, passed: true);
    }

    private void Count(AddressMatch condition, UInt128 address, in PacketView view, bool passed)
    {
        if (condition.Table is not { CountsEntries: true } table || table.CountersOf(_worker) is not { } counters) return;
        if (!table.TryFind(address, view.IsV6, out TableHit hit, _worker) || hit.Entry.IsNegated != condition.IsNegated) return;
        counters.Count(hit.Slot, view.Direction, passed, view.Frames, view.Bytes);
    }

    private static bool Counts(AddressMatch condition) => condition.Table is { CountsEntries: true };
}
