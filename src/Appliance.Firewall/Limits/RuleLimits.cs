namespace Appliance.Firewall;

/// <summary>
/// What a rule binds its states by: how many there may be, of which sources, and how long they live. It stands in the rule's account of
/// <see cref="StateLimits"/>, where states find it although their rule may be gone. Immutable.
/// </summary>
/// <param name="policy">What the rule says of its states.</param>
public sealed class RuleLimits(StatePolicy policy)
{
    private readonly uint[] _seconds = SecondsOf(policy);               // by timeout; 0: the rule says nothing of it

    public StatePolicy Policy => policy;

    /// <summary><see cref="int.MaxValue"/>: as many as there may be at all.</summary>
    public int MaximumStates { get; } = policy.MaximumStates == 0 ? int.MaxValue : (int)Math.Min(policy.MaximumStates, int.MaxValue);

    /// <summary>The rule's own scale, by its own states; off where it has none.</summary>
    public AdaptiveTimeouts Adaptive => new((int)_seconds[(int)StateTimeout.AdaptiveStart], (int)_seconds[(int)StateTimeout.AdaptiveEnd]);

    /// <summary>Whether the sources of its states are known.</summary>
    public bool TracksSources => policy.SourceTracking != SourceTracking.None;

    /// <summary>Whether its states need anything that outlives the rule.</summary>
    public static bool AreNeededBy(StatePolicy policy) =>
        policy.Kind != StateKind.None
        && (policy.MaximumStates > 0 || policy.Timeouts.Length > 0 || policy.SourceTracking != SourceTracking.None);

    /// <summary>The rule's own value, else the one of all rules.</summary>
    public uint Seconds(StateTimeout timeout, StateTimeouts ofAll) =>
        _seconds[(int)timeout] is > 0 and uint own ? own : (uint)ofAll[timeout];

    private static uint[] SecondsOf(StatePolicy policy)
    {
        var seconds = new uint[(int)StateTimeout.TcpTimestampDifference + 1];
        foreach (TimeoutSetting setting in policy.Timeouts) seconds[(int)setting.Timeout] = Math.Min(setting.Value, int.MaxValue);
        return seconds;
    }
}
