using System.Runtime.CompilerServices;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// One worker's part in what rules bind their states by: it counts states and connections with their sources, tells of sources that went
/// over their limit, and kills what rules want flushed.
/// </summary>
/// <param name="worker">Whose it is.</param>
/// <param name="sharing">Has what all workers count in.</param>
internal sealed class ShardLimits(int worker, StateSharing sharing)
{
    /// <summary>Sources that may wait to be written into tables. What finds no room is told of with the source's next connection.</summary>
    public const int MaxOverloads = 1024;

    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int ForgetSteps = 256;                                // sets, a breath

    private PressureSweep _sweep;                                       // of sources without states; the first worker's
    private StateFlush _flush = new();

    public MessageRing<OverloadEvent> Overloads { get; } = new(MaxOverloads);

    public MonotonicTime NextDeadline => worker == 0 ? _sweep.NextDeadline : MonotonicTime.Never;

    /// <summary>How long a state lives after its latest frame: its rule's value where that has one, be the rule in force or gone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Seconds(in FlowRecord state, StateTimeout timeout, StateTimeouts ofAll) =>
        state.Account != 0 && sharing.Limits.RuleOf(state.Account) is { } rule ? rule.Seconds(timeout, ofAll) : (uint)ofAll[timeout];

    /// <summary>Counts a state that is to be made with its source. False: the source or its rule has as many as it may have.</summary>
    /// <param name="flow">What the state is made of.</param>
    /// <param name="now">The breath's time.</param>
    /// <param name="source">For <see cref="FlowRecord.SourceNode"/>.</param>
    public bool TryHold(in NewFlow flow, MonotonicTime now, out int source)
    {
        source = FlowRecord.Nobody;
        if (flow.Account == 0 || sharing.Limits.RuleOf(flow.Account) is not { TracksSources: true } rule) return true;
        source = rule.Policy.SourceTracking == SourceTracking.Rule ? (int)flow.Account : 0;
        return sharing.Sources.TryHold(KeyOf(flow.Wire, flow.Direction, source), rule.Policy, SecondsAt(now));
    }

    /// <summary>The state was not made after all.</summary>
    public void TakeBack(in NewFlow flow, int source, MonotonicTime now)
    {
        if (source != FlowRecord.Nobody) sharing.Sources.TakeBack(KeyOf(flow.Wire, flow.Direction, source), SecondsAt(now));
    }

    /// <summary>A state's TCP handshake is complete. False: that is one connection too many, and the state is to be killed.</summary>
    public bool TryConnect(ref FlowRecord state, MonotonicTime now)
    {
        if (state.SourceNode == FlowRecord.Nobody || sharing.Limits.RuleOf(state.Account) is not { } rule) return true;
        if ((state.Flags & FlowFlags.Connected) != FlowFlags.None) return true;
        state.Flags |= FlowFlags.Connected;
        SourceKey key = KeyOf(state.Wire, state.Direction, state.SourceNode);
        if (!sharing.Sources.Connect(key, rule.Policy, SecondsAt(now))) return true;
        if (rule.Policy.Overload is not null)
            Overloads.TryPut(new OverloadEvent(key.Address, key.IsV6, state.Direction, (ushort)state.Account));
        return false;
    }

    public void Ended(in FlowRecord state, MonotonicTime now, StateTimeouts ofAll)
    {
        if (state.SourceNode == FlowRecord.Nobody) return;
        uint second = SecondsAt(now), kept = Seconds(state, StateTimeout.SourceTrack, ofAll);
        bool wasConnected = (state.Flags & FlowFlags.Connected) != FlowFlags.None;
        SourceKey key = KeyOf(state.Wire, state.Direction, state.SourceNode);
        sharing.Sources.Release(key, wasConnected, kept == 0 ? 0 : second + kept, second);
    }

    public void Begin(FlushRound round) => _flush.Begin(round);

    public void BucketCame(MonotonicTime now) => _flush.BucketCame(now);

    /// <summary>Goes on with what takes many breaths; answers how much there was to do.</summary>
    public int Advance(FirewallShard shard, MonotonicTime now)
    {
        int forgotten = worker == 0 ? ForgetSources(now) : 0;
        return forgotten + _flush.Advance(shard);
    }

    /// <summary>Sources without states go when their time is up, at the latest a round of pf's purge later.</summary>
    private int ForgetSources(MonotonicTime now)
    {
        if (sharing.Sources.Idle == 0)
        {
            _sweep.Stop();
            return 0;
        }

        int steps = 0;
        for (; steps < ForgetSteps && _sweep.TryNext(now, sharing.Sources.Sets, out int set); steps++)
            sharing.Sources.Forget(set, SecondsAt(now));
        return steps;
    }

    /// <summary>Who sent the state's first packet, as pf sees him where it makes the state: behind translation on the way out.</summary>
    public static SourceKey KeyOf(in FlowKey wire, FlowDirection direction, int source) =>
        new(direction == FlowDirection.In ? wire.Outside : wire.Inside, wire.IsV6, (ushort)source);

    private static uint SecondsAt(MonotonicTime now) => (uint)(now.Nanoseconds / NanosecondsPerSecond);
}
