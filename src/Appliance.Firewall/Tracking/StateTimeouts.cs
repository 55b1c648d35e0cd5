using System.Collections.Immutable;

namespace Appliance.Firewall;

/// <summary>
/// The values of all timeouts, FreeBSD 14's unless set otherwise (pf.conf(5), "set timeout", "set optimization"). Immutable: part of a
/// model.
/// </summary>
public sealed class StateTimeouts
{
    /// <summary>pf's default of <c>set limit states</c>, on which the adaptive values hang.</summary>
    public const int DefaultStateLimit = 100_000;

    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int Minute = 60, Hour = 60 * Minute, Day = 24 * Hour;

    public static readonly StateTimeouts Default = new(
    [
        2 * Minute, 30, Day, 15 * Minute, 45, 90,                       // tcp
        2 * Minute, 30, Day, 15 * Minute, 90,                           // sctp
        60, 30, 60,                                                     // udp
        20, 10,                                                         // icmp
        60, 30, 60,                                                     // other
        60, 10, DefaultStateLimit / 10 * 6, DefaultStateLimit / 10 * 12, 0, 30,
    ]);

    private static readonly ImmutableArray<string> Names =
    [
        "tcp.first", "tcp.opening", "tcp.established", "tcp.closing", "tcp.finwait", "tcp.closed",
        "sctp.first", "sctp.opening", "sctp.established", "sctp.closing", "sctp.closed",
        "udp.first", "udp.single", "udp.multiple", "icmp.first", "icmp.error", "other.first", "other.single", "other.multiple",
        "frag", "interval", "adaptive.start", "adaptive.end", "src.track", "tcp.tsdiff",
    ];

    private readonly ImmutableArray<int> _values;

    private StateTimeouts(ImmutableArray<int> values) => _values = values;

    /// <summary>Seconds; of the adaptive two: states.</summary>
    public int this[StateTimeout timeout] => _values[(int)timeout];

    public StateTimeouts With(StateTimeout timeout, int value) => new(_values.SetItem((int)timeout, value));

    /// <summary>The timeouts of TCP that an optimization changes; all others stay.</summary>
    public StateTimeouts With(StateOptimization optimization)
    {
        ReadOnlySpan<int> values = optimization switch
        {
            StateOptimization.Satellite => [3 * Minute, 30 + 5, Day, (15 * Minute) + 5, 45 + 5, 90 + 5, 60],
            StateOptimization.Conservative => [Hour, 15 * Minute, 5 * Day, Hour, 10 * Minute, 3 * Minute, 60],
            StateOptimization.Aggressive => [30, 5, 5 * Hour, 60, 30, 30, 10],
            _ => [2 * Minute, 30, Day, 15 * Minute, 45, 90, 30],
        };
        ImmutableArray<int>.Builder changed = _values.ToBuilder();
        for (int i = 0; i < values.Length - 1; i++)
            changed[i] = values[i];
        changed[(int)StateTimeout.TcpTimestampDifference] = values[^1];
        return new StateTimeouts(changed.ToImmutable());
    }

    /// <summary>Whether every optimization sets it, and so overrides what was set before.</summary>
    public static bool IsOfOptimization(StateTimeout timeout) =>
        timeout is <= StateTimeout.TcpClosed or StateTimeout.TcpTimestampDifference;

    /// <summary>The adaptive values that go with a limit: pfctl sets them to 60 and 120 per cent of it unless the ruleset does.</summary>
    public StateTimeouts WithStateLimit(int states) =>
        With(StateTimeout.AdaptiveStart, states / 10 * 6).With(StateTimeout.AdaptiveEnd, states / 10 * 12);

    /// <summary>
    /// How long a state lives after its last packet. Above <c>adaptive.start</c> states all timeouts shrink in proportion and reach
    /// zero at <c>adaptive.end</c> (pf.conf(5), "adaptive.start"): (end − states) / (end − start).
    /// </summary>
    /// <param name="states">Of the whole appliance, or of the rule when the rule has its own adaptive values.</param>
    /// <returns>Nanoseconds; 0: it goes at once.</returns>
    public long LifetimeNanoseconds(StateTimeout timeout, long states)
    {
        long seconds = this[timeout];
        long start = this[StateTimeout.AdaptiveStart], end = this[StateTimeout.AdaptiveEnd];
        if (end == 0 || start >= end || states <= start) return seconds * NanosecondsPerSecond;
        if (states >= end) return 0;
        return seconds * (end - states) / (end - start) * NanosecondsPerSecond;
    }

    /// <summary>As pf.conf writes it.</summary>
    public static string NameOf(StateTimeout timeout) => Names[(int)timeout];

    public static bool TryParseName(ReadOnlySpan<char> name, out StateTimeout timeout)
    {
        for (int i = 0; i < Names.Length; i++)
        {
            timeout = (StateTimeout)i;
            if (name.SequenceEqual(Names[i])) return true;
        }

        timeout = default;
        return false;
    }

    /// <summary>The words of <c>set optimization</c>.</summary>
    public static bool TryParseOptimization(ReadOnlySpan<char> word, out StateOptimization optimization)
    {
        (bool isKnown, optimization) = word switch
        {
            "normal" => (true, StateOptimization.Normal),
            "satellite" or "high-latency" => (true, StateOptimization.Satellite),
            "conservative" => (true, StateOptimization.Conservative),
            "aggressive" => (true, StateOptimization.Aggressive),
            _ => (false, default),
        };
        return isKnown;
    }
}
