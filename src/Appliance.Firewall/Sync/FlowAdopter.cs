using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Wire.Sync;

namespace Appliance.Firewall;

/// <summary>
/// Makes states of what the peer tells: as it has them, with what they need of this appliance. A rule that is not in force here costs the
/// state its rule, not its life; a port that is not here costs it both.
/// </summary>
/// <param name="shard">The worker's.</param>
internal sealed class FlowAdopter(FirewallShard shard)
{
    private const int MaxInTheWay = 2;                                  // a state has two keys
    private const long NanosecondsPerMillisecond = 1_000_000;

    private readonly AdoptedHoldings _holdings = new(shard);

    /// <summary>
    /// Of two connections that have a key in common the one that began later is there; of what only the peer knew, its latest word counts.
    /// </summary>
    public static bool MayReplace(in FlowRecord state, in FlowImage image, MonotonicTime now)
    {
        if ((state.Flags & FlowFlags.FromPeer) != FlowFlags.None) return true;
        return (ulong)Math.Max(0, now - state.Created) > image.AgeMilliseconds * (ulong)NanosecondsPerMillisecond;
    }

    /// <summary>Makes a state; its tracker and what else changes is written next.</summary>
    public FlowAdoption TryMake(ushort bucket, in FlowImage image, MonotonicTime now, out int index)
    {
        index = FlowRecord.Nobody;
        FlowNames names = shard.Model.Names;
        if (!names.TryFindPort(image.Port, image.Role, out ushort port)) return FlowAdoption.UnknownPort;
        ushort way = 0;
        if (image.Has(RecordField.Way) && !TryFindWay(image, out way)) return FlowAdoption.UnknownPort;
        int rule = FindRule(image);
        bool isOfAnswer = (image.Flags & FlowFlags.OfAnswer) != FlowFlags.None;
        var flow = new NewFlow(
            image.Wire, image.Stack, image.Direction, bucket, image.TimeoutMilliseconds / 1000, shard.Model.AccountOf(rule), isOfAnswer);
        FlowAdoption refused = TryInsert(flow, image, now, out index);
        if (index == FlowRecord.Nobody) return refused;

        ref FlowRecord state = ref shard.Table![index];
        (state.Id, state.Port, state.GivenWay) = (image.Id, port, way);
        (state.Rule, state.Ruleset) = ((uint)rule, shard.Generation);
        state.TranslationRule = FindTranslation(image);
        state.Tag = names.FindTag(image.Tag);
        state.MatchSet = FindMatches(image);
        state.Birth = now + (-(long)image.AgeMilliseconds * NanosecondsPerMillisecond);
        state.Flags |= FlowFlags.Confirmed;
        Join(index);
        bool isWithout = rule == RuleMatch.DefaultRule && image.Has(RecordField.Rule);
        return isWithout ? FlowAdoption.AdoptedWithoutRule : FlowAdoption.Adopted;
    }

    /// <summary>What the peer says of a state that is here. Frames that meet it next go the long way.</summary>
    public void Write(int index, in FlowImage image, MonotonicTime now)
    {
        FlowTable table = shard.Table!;
        ref FlowRecord state = ref table[index];
        const FlowFlags taken = FlowImage.Portable & ~AdoptedHoldings.Flags;
        state.Flags = (state.Flags & ~(taken | FlowFlags.Noted)) | (image.Flags & taken) | FlowFlags.FromPeer;
        if (image.HasTracker) WriteTracker(ref state, image);
        if (image.Has(RecordField.Time)) WriteTime(index, image, table, now);
        if (image.Has(RecordField.Counters))
        {
            (state.ForwardPackets, state.ForwardBytes) = (image.ForwardPackets, image.ForwardBytes);
            (state.ReversePackets, state.ReverseBytes) = (image.ReversePackets, image.ReverseBytes);
        }

        ForgetWays(table, ref state);
        _holdings.Take(ref state, image, now);
    }

    /// <summary>
    /// The peer has a connection that it follows less far than it was followed here: what is known stays, and the peer moves it on from
    /// here without telling of each step.
    /// </summary>
    public void Follow(int index, in FlowImage image, MonotonicTime now)
    {
        FlowTable table = shard.Table!;
        ref FlowRecord state = ref table[index];
        state.Flags = (state.Flags & ~FlowFlags.Noted) | FlowFlags.FromPeer;
        if (image.Kind == TrackKind.Tcp) state.Tracker.As<TcpTrack>() = TcpTracker.FromPeer(state.Tracker.As<TcpTrack>());
        if (image.Has(RecordField.Time)) table.Touch(index, Math.Min(IdleOf(image), now - state.LastSeen), now, state.TimeoutSeconds);
        ForgetWays(table, ref state);
    }

    private static void ForgetWays(FlowTable table, ref FlowRecord state)
    {
        ExpressWay.Forget(ref state);
        if (state.Partner != FlowRecord.Nobody) ExpressWay.Forget(ref table[state.Partner]);
    }

    private FlowAdoption TryInsert(in NewFlow flow, in FlowImage image, MonotonicTime now, out int index)
    {
        index = FlowRecord.Nobody;
        if (!MayGiveWay(flow, image, now)) return FlowAdoption.Collision;
        for (int tries = 0; tries <= MaxInTheWay; tries++)
        {
            FlowAdmission admission = shard.TryAdopt(flow, now, out index);
            if (admission == FlowAdmission.Admitted) return FlowAdoption.Adopted;
            int inTheWay = index;
            index = FlowRecord.Nobody;
            if (admission != FlowAdmission.Collision || !shard.TryEnd(inTheWay, FlowEnd.Removed)) return FlowAdoption.Full;
        }

        index = FlowRecord.Nobody;
        return FlowAdoption.Collision;
    }

    /// <summary>Asked of both before either ends: what cannot be adopted costs nothing.</summary>
    private bool MayGiveWay(in NewFlow flow, in FlowImage image, MonotonicTime now)
    {
        if (shard.Table is not { } table) return true;
        FlowHit byWire = table.FindExactly(flow.Bucket, flow.Wire, FlowSide.Wire);
        FlowHit byStack = table.FindExactly(flow.Bucket, flow.Stack, FlowSide.Stack);
        return (!byWire.IsState || MayReplace(table[byWire.Index], image, now))
            && (!byStack.IsState || MayReplace(table[byStack.Index], image, now));
    }

    private static void WriteTracker(ref FlowRecord state, in FlowImage image)
    {
        switch (image.Kind)
        {
            case TrackKind.Tcp:
                state.Tracker.As<TcpTrack>() = TcpTracker.FromPeer(image.Tcp);
                break;
            case TrackKind.Sctp:
                state.Tracker.As<SctpTrack>() = image.Sctp;
                break;
            case TrackKind.Icmp or TrackKind.Icmpv6:
                state.Tracker.As<IcmpTrack>() = image.Icmp;
                break;
            default:
                state.Pair = image.Pair;
                break;
        }
    }

    /// <summary>It was last seen when the peer saw it, as far as a clock of one's own can say.</summary>
    private static void WriteTime(int index, in FlowImage image, FlowTable table, MonotonicTime now) =>
        table.Touch(index, IdleOf(image), now, image.TimeoutMilliseconds / 1000);

    private static long IdleOf(in FlowImage image) =>
        (long)(image.TimeoutMilliseconds - image.RemainingMilliseconds) * NanosecondsPerMillisecond;

    private int FindRule(in FlowImage image)
    {
        if (!image.Has(RecordField.Rule) || !shard.Model.Names.TryFindRule(image.Rule, out uint rule)) return RuleMatch.DefaultRule;
        return PackedRule.ListOf(rule) == RulesetList.Filter ? PackedRule.IndexOf(rule) : RuleMatch.DefaultRule;
    }

    private uint FindTranslation(in FlowImage image) =>
        image.Has(RecordField.Translation) && shard.Model.Names.TryFindRule(image.Translation, out uint rule) ? rule : PackedRule.None;

    private ushort FindMatches(in FlowImage image)
    {
        Span<int> rules = stackalloc int[FlowImage.MaxMatches];
        int count = 0;
        for (ReadOnlySpan<byte> rest = image.Matches; !rest.IsEmpty && count < rules.Length; rest = rest[sizeof(ulong)..])
        {
            bool isKnown = shard.Model.Names.TryFindRule(BinaryPrimitives.ReadUInt64BigEndian(rest), out uint rule);
            if (isKnown && PackedRule.ListOf(rule) == RulesetList.Filter) rules[count++] = PackedRule.IndexOf(rule);
        }

        return shard.Model.Matches.Enter(rules[..count]);
    }

    private bool TryFindWay(in FlowImage image, out ushort way)
    {
        way = 0;
        return shard.Model.Names.TryFindPort(image.WayPort, default, out ushort port)
            && shard.Ways.TryNumber(new RouteChoice(port, image.NextHop), out way);
    }

    /// <summary>
    /// The connection's other state, if it is here: what a frame that came in by one finds on its way out. One that is bound to a port
    /// is found by the next frame.
    /// </summary>
    private void Join(int index)
    {
        FlowTable table = shard.Table!;
        ref FlowRecord state = ref table[index];
        if (state.Wire.Port != FlowKey.AnyPort) return;
        FlowHit other = table.FindExactly(state.Bucket, state.Stack.Turned(), FlowSide.Stack);
        if (!other.IsState || other.Index == index) return;
        if (table[other.Index].Partner == FlowRecord.Nobody && state.Partner == FlowRecord.Nobody) table.Join(index, other.Index);
    }
}
