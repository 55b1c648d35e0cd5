using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Firewall.Language;

namespace Appliance.Node;

/// <summary>Reads all states. Those that come or go meanwhile may be there or not; no other is missing, and none is there twice.</summary>
public sealed class StateReading : StateRequest
{
    private const int StatesOfLetter = 128;

    private readonly List<StateEntry> _states = [];
    private readonly RulesetHistory _rulesets;
    private readonly StateLimits _limits;
    private readonly Func<int, string> _portName;

    internal StateReading(RulesetHistory rulesets, StateLimits limits, Func<int, string> portName) =>
        (_rulesets, _limits, _portName) = (rulesets, limits, portName);

    /// <summary>Complete when it is done. By worker, and as they lie there.</summary>
    public IReadOnlyList<StateEntry> States => _states;

    internal override int Look(StateLetter letter, int from)
    {
        int next = letter.Shard.ReadStates(from, StepsOfBreath, letter.States, out int count);
        letter.Count = count;
        return next;
    }

    internal override void Take(StateLetter letter, MonotonicTime now)
    {
        if (letter.States.Length == 0) letter.States = new FlowRecord[StatesOfLetter];
        foreach (ref FlowRecord state in letter.States.AsSpan(0, letter.Count))
        {
            long expires = ExpiresIn(state, now);
            if (expires > 0) _states.Add(EntryOf(ref state, letter.Shard.Worker, now, expires));
        }

        letter.Count = 0;
    }

    internal override void Forget() => _states.Clear();

    /// <summary>Nanoseconds; not above 0: its time is up, and only nobody has come by.</summary>
    private long ExpiresIn(in FlowRecord state, MonotonicTime now)
    {
        bool isScaled = _limits.IsUnderPressure || _limits.HasScaledRules;
        uint seconds = isScaled ? _limits.Scale(state.Account, state.TimeoutSeconds) : state.TimeoutSeconds;
        return state.LastSeen + (seconds * 1_000_000_000L) - now;
    }

    private StateEntry EntryOf(ref FlowRecord state, int worker, MonotonicTime now, long expires)
    {
        var ends = new StateEnds(state);
        return new StateEntry
        {
            Id = state.Id,
            Protocol = ProtocolNames.NameOf(ends.Protocol),
            Direction = state.Direction == FlowDirection.In ? "in" : "out",
            Port = _portName(state.Port),
            Source = ends.SourceText,
            Destination = ends.DestinationText,
            Gateway = ends.GatewayText,
            State = StateWords.Of(ref state),
            Packets = (state.ForwardPackets, state.ReversePackets),
            Bytes = (state.ForwardBytes, state.ReverseBytes),
            AgeSeconds = Math.Max(0, now - state.Created) / 1_000_000_000,
            ExpiresSeconds = expires / 1_000_000_000,
            Vcpu = worker,
            Rule = _rulesets.Find(state.Ruleset, RulesetList.Filter, (int)state.Rule)?.Id,
        };
    }
}
