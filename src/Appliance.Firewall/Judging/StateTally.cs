using System.Runtime.CompilerServices;

namespace Appliance.Firewall;

/// <summary>
/// Adds up packets of states that count with the same rules, which most neighbours in a batch do, and counts them at once: with every
/// counter what counting one after the other would do. Whoever adds also flushes, before anybody else judges.
/// </summary>
internal struct StateTally(FirewallShard shard, RuleDirection direction)
{
    private readonly uint _generation = shard.Generation;
    private ulong _rule;                            // what IsAlike compares
    private uint _translation;
    private int _state = FlowRecord.Nobody;         // one of those added up
    private int _packets;
    private long _bytes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(FlowTable table, int index, ref FlowRecord state, int bytes)
    {
        if (state.Ruleset != _generation) return;
        ulong rule = RuleOf(state);
        if (rule != _rule || state.TranslationRule != _translation || _state == FlowRecord.Nobody)
        {
            Flush(table);
            (_rule, _translation, _state) = (rule, state.TranslationRule, index);
        }

        _packets++;
        _bytes += bytes;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Flush(FlowTable table)
    {
        if (_packets > 0) shard.CountOfState(table[_state], direction, _packets, _bytes);
        (_packets, _bytes) = (0, 0);
    }

    /// <summary>All that <see cref="FirewallShard.CountOfState(in FlowRecord, RuleDirection, int, long)"/> asks, but one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong RuleOf(in FlowRecord state) =>
        state.Rule | ((ulong)state.MatchSet << 32) | ((ulong)(state.Flags & FlowFlags.Translated) << 48);
}
