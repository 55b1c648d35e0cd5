using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Appliance.Firewall;

/// <summary>
/// Adds up packets that pass two states, the one they came in by and the one they leave by, as long as those count with the same rules,
/// which neighbours in a batch mostly do, and counts them at once: with every counter what counting one after the other would do. Whoever
/// adds also flushes, before anybody else judges.
/// </summary>
internal unsafe struct PairTally(FirewallShard shard)
{
    private Vector128<uint> _came, _leaves;         // what the rules are counted by, of the two; zero is nobody's: rulesets count from 1
    private FlowRecord* _in, _out;                  // two that are added up; null: none yet
    private int _packets;
    private long _bytes;

    /// <summary>Whether two states count as those do that are added up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool IsAlike(FlowRecord* came, FlowRecord* leaves) =>
        (((RulesOf(came) ^ _came) | (RulesOf(leaves) ^ _leaves)) & Compared) == Vector128<uint>.Zero;

    public void Add(FlowRecord* came, FlowRecord* leaves, int bytes)
    {
        if (!IsAlike(came, leaves)) Begin(came, leaves);
        AddAlike(1, bytes);
    }

    public void AddAlike(int packets, long bytes)
    {
        _packets += packets;
        _bytes += bytes;
    }

    /// <summary>A packet of a state whose ruleset is gone counts with nobody.</summary>
    public void Flush()
    {
        if (_packets == 0) return;
        if (_in->Ruleset == shard.Generation) shard.CountOfState(*_in, RuleDirection.In, _packets, _bytes);
        if (_out->Ruleset == shard.Generation) shard.CountOfState(*_out, RuleDirection.Out, _packets, _bytes);
        (_packets, _bytes) = (0, 0);
    }

    private void Begin(FlowRecord* came, FlowRecord* leaves)
    {
        Flush();
        _in = came;
        _out = leaves;
        (_came, _leaves) = (RulesOf(came), RulesOf(leaves));
    }

    /// <summary>Of the flags, only whether it is translated: nothing else decides what counts.</summary>
    private static Vector128<uint> Compared =>
        Vector128.Create(uint.MaxValue, uint.MaxValue, uint.MaxValue, ushort.MaxValue | ((uint)FlowFlags.Translated << 16));

    /// <summary>| rule | ruleset | translating rule | match rules, flags |</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> RulesOf(FlowRecord* state) => Vector128.Load(&state->Rule);
}
