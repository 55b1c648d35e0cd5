using Appliance.Engine;
using Appliance.Wire.Sync;

namespace Appliance.Firewall;

/// <summary>
/// What a state holds beside the table, taken for one that the peer has made: the keys by which its frames come, its source, where its
/// source sticks. It is not refused for what cannot be had: the peer has let it in, and what it holds there may be free here a moment
/// later, when another bucket's news have come. Keys and mappings that are missing are tried again whenever the peer tells of the state;
/// its source, and where that sticks, when it tells of all of it. How fast a source connects follows from its connections and their age.
/// </summary>
/// <param name="shard">The worker's.</param>
internal sealed class AdoptedHoldings(FirewallShard shard)
{
    /// <summary>That say what is held here.</summary>
    public const FlowFlags Flags = FlowFlags.HoldsAnswers | FlowFlags.HoldsArrival | FlowFlags.HoldsMapping | FlowFlags.Connected;

    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Of nobody's rule: the peer's limits have been asked.</summary>
    private static readonly StatePolicy Unlimited = StatePolicy.Keep;

    public void Take(ref FlowRecord state, in FlowImage image, MonotonicTime now)
    {
        FlowFlags wanted = image.Flags & Flags & ~state.Flags;
        if (shard.Claims.IsPrepared) TakeKeys(ref state, wanted);
        TakeSource(ref state, image, now);
        if ((wanted & FlowFlags.HoldsMapping) != FlowFlags.None) TakeMapping(ref state);
        if (image.Sticky != 0) Stick(ref state, image);
    }

    private void TakeKeys(ref FlowRecord state, FlowFlags wanted)
    {
        PortClaims claims = shard.Claims;
        if ((wanted & FlowFlags.HoldsAnswers) != FlowFlags.None && claims.TryClaim(claims.ClaimTo(StateEndpoints.AnswersTo(state))))
            state.Flags |= FlowFlags.HoldsAnswers;
        FlowKey arrival = StateEndpoints.ArrivesBy(state.Direction, state.Wire, state.Stack);
        if ((wanted & FlowFlags.HoldsArrival) != FlowFlags.None && claims.TryClaim(claims.ClaimTo(arrival)))
            state.Flags |= FlowFlags.HoldsArrival;
    }

    private void TakeSource(ref FlowRecord state, in FlowImage image, MonotonicTime now)
    {
        if (shard.Sharing.Limits.RuleOf(state.Account) is not { TracksSources: true } rule) return;
        uint second = (uint)(now.Nanoseconds / NanosecondsPerSecond);
        if (state.SourceNode == FlowRecord.Nobody)
        {
            if (!image.Has(RecordField.Source)) return;
            int source = rule.Policy.SourceTracking == SourceTracking.Rule ? (int)state.Account : 0;
            if (!shard.Sharing.Sources.TryHold(ShardLimits.KeyOf(state.Wire, state.Direction, source), Unlimited, second)) return;
            state.SourceNode = source;
        }

        if ((image.Flags & ~state.Flags & FlowFlags.Connected) == FlowFlags.None) return;
        state.Flags |= FlowFlags.Connected;
        SourceKey key = ShardLimits.KeyOf(state.Wire, state.Direction, state.SourceNode);
        uint age = (uint)(Math.Max(0, now - state.Birth) / NanosecondsPerSecond);
        shard.Sharing.Sources.Connect(key, rule.Policy, second, age);   // whether that is one too many the peer has judged
    }

    private void TakeMapping(ref FlowRecord state)
    {
        if (SourceOf(state) is not { } source || !shard.Claims.IsPrepared) return;
        EndpointMappings mappings = shard.Sharing.Mappings;
        MappedEndpoint inner = MappedEndpoint.Before(state), outer = MappedEndpoint.Behind(state);
        if (mappings.TryHold(inner, source, out MappedEndpoint held))
        {
            if (held == outer) state.Flags |= FlowFlags.HoldsMapping;
            else mappings.Release(inner, held);
            return;
        }

        ulong claim = mappings.ClaimTo(outer);
        if (!shard.Claims.TryClaim(claim)) return;
        bool isAdded = mappings.TryAdd(inner, source, outer, out held);
        if (isAdded && held == outer)
        {
            state.Flags |= FlowFlags.HoldsMapping;
            return;
        }

        if (isAdded) mappings.Release(inner, held);                     // another worker was faster
        shard.Claims.Release(claim);
    }

    private void Stick(ref FlowRecord state, in FlowImage image)
    {
        bool isIn = state.Direction == FlowDirection.In, isV6 = state.Wire.IsV6;
        FlowKey before = isIn ? state.Wire : state.Stack, behind = isIn ? state.Stack : state.Wire;
        UInt128 source = StickyLedger.KeyOf(isIn ? before.Outside : before.Inside, isV6);
        if ((image.Sticky & FlowMemories.Source) != 0 && state.StickySource == 0)
            state.StickySource = Hold(SourceOf(state)?.Sticky, source, new PoolChoice(isIn ? behind.Outside : behind.Inside));
        if ((image.Sticky & FlowMemories.Destination) != 0 && state.StickyDestination == 0)
        {
            StickySources? memory = TranslationOf(state)?.Destination(isV6)?.Sticky;
            state.StickyDestination = Hold(memory, source, new PoolChoice(isIn ? behind.Inside : behind.Outside));
        }

        if ((image.Sticky & FlowMemories.Way) != 0 && state.StickyWay == 0 && state.GivenWay != 0)
        {
            ushort port = shard.Ways.Find(state.GivenWay, out UInt128 nextHop);
            state.StickyWay = Hold(WayOf(state)?.Sticky, source, new PoolChoice(nextHop, port));
        }
    }

    private static byte Hold(StickySources? memory, UInt128 source, in PoolChoice choice) =>
        memory is not null && memory.TryHold(source, choice, out _) ? memory.Number : (byte)0;

    private SourceTranslation? SourceOf(in FlowRecord state) => TranslationOf(state)?.Source(state.Wire.IsV6);

    private LiveTranslation? TranslationOf(in FlowRecord state)
    {
        if (state.Ruleset != shard.Generation || state.TranslationRule == PackedRule.None) return null;
        Rule rule = shard.Matchers[PackedRule.ListOf(state.TranslationRule)].Rules[PackedRule.IndexOf(state.TranslationRule)];
        return rule.Translation == Rule.None ? null : shard.Model.Translations[rule.Translation];
    }

    private LiveRoute? WayOf(in FlowRecord state)
    {
        if (state.Ruleset != shard.Generation || (int)state.Rule == RuleMatch.DefaultRule) return null;
        Rule rule = shard.Matchers.Filter.Rules[(int)state.Rule];
        return rule.Route == Rule.None ? null : shard.Model.Ways[rule.Route];
    }
}
