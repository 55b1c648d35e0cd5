using Appliance.Engine;
using Appliance.Firewall;

namespace Appliance.Node;

/// <summary>
/// Reads all states. Those that come or go meanwhile may be there or not; no other is missing, and none is there twice. With a sink they
/// are
/// handed out as they are read, and what is kept of each is its id.
/// </summary>
public sealed class StateReading : StateRequest
{
    private const int StatesOfLetter = 128;

    private readonly List<StateEntry> _states = [];
    private readonly RulesetHistory _rulesets;
    private readonly StateLimits _limits;
    private readonly Func<int, string> _portName;
    private readonly IStateSink? _sink;
    private readonly List<ulong> _handedOut = [];
    private HashSet<ulong>? _known;                         // handed out before it began anew

    internal StateReading(RulesetHistory rulesets, StateLimits limits, Func<int, string> portName, IStateSink? sink) =>
        (_rulesets, _limits, _portName, _sink) = (rulesets, limits, portName, sink);

    /// <summary>Complete when it is done; empty with a sink. By worker, and as they lie there.</summary>
    public IReadOnlyList<StateEntry> States => _states;

    internal override bool IsWanted => _sink?.IsWanted ?? true;

    internal override bool HasRoom => _sink?.HasRoom ?? true;

    internal override int Look(StateLetter letter, int from)
    {
        int next = letter.Shard.ReadStates(from, StepsOfBreath, letter.States, out int count);
        letter.Count = count;
        return next;
    }

    internal override void Take(StateLetter letter, MonotonicTime now)
    {
        if (letter.States.Length == 0) letter.States = new FlowRecord[StatesOfLetter];
        var copies = new List<StateCopy>(letter.Count);
        foreach (ref readonly FlowRecord state in letter.States.AsSpan(0, letter.Count))
        {
            long expires = ExpiresIn(state, now);
            if (expires > 0 && _known?.Contains(state.Id) != true) copies.Add(CopyOf(state, letter.Shard.Worker, now, expires));
        }

        letter.Count = 0;
        if (copies.Count > 0) Keep(copies);
    }

    internal override void Forget()
    {
        _states.Clear();
        if (_handedOut.Count > 0) _known = [.. _handedOut];
    }

    private void Keep(List<StateCopy> copies)
    {
        if (_sink is null)
        {
            _states.AddRange(copies.Select(copy => copy.ToEntry()));
            return;
        }

        _handedOut.AddRange(copies.Select(copy => copy.Record.Id));
        _sink.Take(copies);
    }

    /// <summary>Nanoseconds; not above 0: its time is up, and only nobody has come by.</summary>
    private long ExpiresIn(in FlowRecord state, MonotonicTime now)
    {
        bool isScaled = _limits.IsUnderPressure || _limits.HasScaledRules;
        uint seconds = isScaled ? _limits.Scale(state.Account, state.TimeoutSeconds) : state.TimeoutSeconds;
        return state.LastSeen + (seconds * 1_000_000_000L) - now;
    }

    private StateCopy CopyOf(in FlowRecord state, int worker, MonotonicTime now, long expires) => new()
    {
        Record = state,
        Port = _portName(state.Port),
        Vcpu = worker,
        Rule = _rulesets.Find(state.Ruleset, RulesetList.Filter, (int)state.Rule)?.Id,
        AgeSeconds = Math.Max(0, now - state.Created) / 1_000_000_000,
        ExpiresSeconds = expires / 1_000_000_000,
    };
}
