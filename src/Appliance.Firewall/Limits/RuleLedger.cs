using System.Collections.Immutable;

namespace Appliance.Firewall;

/// <summary>
/// Gives rules their accounts in <see cref="StateLimits"/>, and the same rule of another ruleset the account that it had. A rule is the
/// same when its text is, wherever it now stands; of those that are left, when the ruleset just before has a rule of its id. So neither a
/// line more above it nor another limit in it makes a rule forget its states. Used by one thread, the one that loads rulesets.
/// </summary>
public sealed class RuleLedger(StateLimits limits)
{
    /// <summary>Rules of one ruleset that may have an account.</summary>
    public const int MaxRules = StateLimits.MaxAccounts - 1;

    private readonly List<Entry> _entries = [];
    private readonly Stack<uint> _free = [];
    private uint _opened = 1;                                           // accounts that have ever been given, and nobody's

    /// <summary>
    /// The accounts of a ruleset's filter rules, by their index, with their limits in force from here on; 0 for a rule that needs none.
    /// </summary>
    /// <param name="rules">About to be given to the workers.</param>
    /// <param name="isSettled">No worker goes by an earlier ruleset than the one of the last call.</param>
    public ImmutableArray<ushort> Open(ResolvedRuleset rules, bool isSettled)
    {
        if (isSettled) CloseIdle();
        foreach (Entry entry in _entries) (entry.WasInForce, entry.IsInForce) = (entry.IsInForce, false);
        var accounts = new ushort[rules.Filter.Count];
        List<Wanted> wanted = WantedBy(rules);
        Match(wanted, _entries, entry => entry.Text, rule => rule.Text, accounts);
        Match(wanted, _entries.Where(entry => entry.WasInForce), entry => entry.Id, rule => rule.Id, accounts);
        foreach (Wanted rule in wanted) Give(rule, Take(), accounts);
        return [.. accounts];
    }

    private static List<Wanted> WantedBy(ResolvedRuleset rules)
    {
        var wanted = new List<Wanted>();
        var texts = new RuleIds();
        for (int index = 0; index < rules.Filter.Count; index++)
        {
            Rule rule = rules.Filter[index];
            if (!rule.IsAnchor && RuleLimits.AreNeededBy(rule.State))
                wanted.Add(new Wanted(index, rule.Id, texts.Next(rules.Origins[index].Text), rule.State));
        }

        return wanted;
    }

    /// <summary>Gives rules the accounts that have the same of a name; takes them off the list.</summary>
    private void Match(
        List<Wanted> wanted, IEnumerable<Entry> entries, Func<Entry, string> nameOf, Func<Wanted, string> nameOfRule, ushort[] accounts)
    {
        if (wanted.Count == 0) return;
        var known = new Dictionary<string, Entry>(StringComparer.Ordinal);
        foreach (Entry entry in entries)
            if (!entry.IsInForce) known[nameOf(entry)] = entry;         // of several, the one that was given last
        wanted.RemoveAll(rule =>
        {
            if (!known.Remove(nameOfRule(rule), out Entry? entry)) return false;
            Give(rule, entry, accounts);
            return true;
        });
    }

    private void Give(Wanted rule, Entry entry, ushort[] accounts)
    {
        (entry.Id, entry.Text, entry.IsInForce) = (rule.Id, rule.Text, true);
        accounts[rule.Index] = (ushort)entry.Account;
        limits.SetRule(entry.Account, new RuleLimits(rule.Policy));
    }

    /// <summary>
    /// An account that nobody has. When rules that are gone still have states in all of them, the one that has fewest: until those have
    /// ended they count with its new rule, which so has less room and never more.
    /// </summary>
    private Entry Take()
    {
        if (_free.Count == 0 && _opened == StateLimits.MaxAccounts)
            return _entries.Where(entry => !entry.IsInForce).MinBy(entry => limits.CountOf(entry.Account))!;
        var fresh = new Entry { Account = _free.TryPop(out uint account) ? account : _opened++ };
        _entries.Add(fresh);
        return fresh;
    }

    /// <summary>What belongs to no rule in force and has no states and no sources any more.</summary>
    private void CloseIdle() => _entries.RemoveAll(entry =>
    {
        bool isIdle = !entry.IsInForce && limits.CountOf(entry.Account) == 0 && limits.SourcesOf(entry.Account) == 0;
        if (isIdle) _free.Push(entry.Account);
        return isIdle;
    });

    private sealed class Entry
    {
        public required uint Account { get; init; }
        public string Id { get; set; } = "";
        public string Text { get; set; } = "";
        public bool IsInForce { get; set; }
        public bool WasInForce { get; set; }
    }

    private sealed record Wanted(int Index, string Id, string Text, StatePolicy Policy);
}
