using System.Diagnostics;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// Judges the frames of batches at one of the two places where frames are judged: where they come in, or where they go out. States first;
/// rules for what has none.
/// <code>
///   frame ──► state? ──yes──► tracker: passes, is dropped, is challenged, or begins anew ──┐
///               │ no                                                                       │
///               └──────────► rules: block (and answer), pass, pass and keep state ◄────────┘
/// </code>
/// A train is judged as one while its state accepts all of it, and taken apart for everything else.
/// </summary>
internal sealed class FirewallJudge
{
    private const int MaxFrames = FrameBatch.DefaultCapacity;

    private readonly PacketFacts[] _facts = new PacketFacts[MaxFrames];
    private readonly FlowKey[] _keys = new FlowKey[MaxFrames];
    private readonly FlowHit[] _hits = new FlowHit[MaxFrames];
    private readonly FirewallPlace _place;
    private readonly FirewallShard _shard;
    private readonly StateJudge _states;
    private readonly ErrorJudge _errors;
    private readonly RuleJudge _rules;

    public FirewallJudge(FirewallShard shard, RuleDirection direction, IUnreachableReplies unreachable, IFlowRouter router)
    {
        _shard = shard;
        _place = new FirewallPlace(shard, direction, router);
        _rules = new RuleJudge(_place, unreachable);
        _states = new StateJudge(_place, _rules);
        _errors = new ErrorJudge(_place, _rules);
    }

    public void Process(FrameBatch batch, in StageContext context)
    {
        FlowTable table = _shard.TableAt(context);
        for (int from = 0; from < batch.Count;)
            from = JudgeFrom(from, batch, table, context);
    }

    /// <summary>Judges from an index on. Answers where to go on: behind the last frame, or behind a train that was taken apart.</summary>
    private int JudgeFrom(int from, FrameBatch batch, FlowTable table, in StageContext context)
    {
        int count = Math.Min(batch.Count - from, MaxFrames);
        Debug.Assert(count > 0);
        for (int i = 0; i < count; i++)
        {
            Frame frame = batch.Frames[from + i];
            bool isExempt = IsExempt(frame);
            _facts[i] = isExempt && !MustComeHome(frame) ? default : PacketFacts.Read(frame, _place.Direction, _place.PortOf(frame));
            _facts[i].IsExempt = isExempt;
            _keys[i] = _facts[i].Key;
        }

        table.Lookup(_keys.AsSpan(0, count), _place.Side, _hits);
        table.Prefetch(_hits.AsSpan(0, count));
        uint changes = _shard.Changes;
        for (int i = 0; i < count; i++)
        {
            if (_facts[i].Kind == PacketKind.Unread) continue;
            FlowHit hit = _shard.Changes == changes ? _hits[i] : table.Find(_keys[i], _place.Side);
            hit = _place.Own(batch.Frames[from + i], _keys[i], hit, table);
            if (JudgeOne(batch, from + i, _facts[i], hit, table, context)) continue;
            bool isEnded = batch.Frames[from + i].Info.Disposition != Disposition.Continue;
            return from + i + (isEnded ? 1 : 0);                        // taken apart: its head is judged again, alone
        }

        return from + count;
    }

    /// <summary>What the firewall or a link's own protocol sends, and ports that are not looked at.</summary>
    private bool IsExempt(Frame frame) =>
        (frame.Info.Traits & (FrameTraits.Unfiltered | FrameTraits.LinkComplete)) != FrameTraits.None
        || _shard.Model.Skip.Contains(_place.PortOf(frame));

    /// <summary>
    /// Whether a frame that is not judged where it comes in may nevertheless have to be brought to its connection's bucket, for it is
    /// judged where it goes out.
    /// </summary>
    private bool MustComeHome(Frame frame) =>
        _place.IsIn && (_shard.HasAliases || (frame.Info.Traits & FrameTraits.IcmpError) != FrameTraits.None);

    /// <summary>False: it has been handed off, and if it was a train, that was taken apart.</summary>
    private bool BringHome(FrameBatch batch, int index, in PacketFacts facts, FlowHit hit, FlowTable table, in StageContext context)
    {
        if (facts.Kind == PacketKind.Flow) return TryBringHome(batch, index, facts, ref hit, context);
        if (facts.Kind == PacketKind.Error) _errors.BringHome(batch, index, facts, table, context);
        return true;
    }

    /// <summary>False: the frame was a train, and has been taken apart instead.</summary>
    private bool JudgeOne(FrameBatch batch, int index, in PacketFacts facts, FlowHit hit, FlowTable table, in StageContext context)
    {
        Frame frame = batch.Frames[index];
        if (facts.IsExempt) return BringHome(batch, index, facts, hit, table, context);
        switch (facts.Kind)
        {
            case PacketKind.Malformed:
                context.Trace?.Explain(frame, "transport header not all there, or not possible");
                _shard.Log.Refused(frame, facts.View, RuleMatch.DefaultRule, LogReason.Short, context);
                batch.Drop(frame, DropReason.Short);
                return true;
            case PacketKind.Impossible:
                context.Trace?.Explain(frame, "flags that no segment of TCP has, or ICMP of the other family");
                _shard.Log.Refused(frame, facts.View, RuleMatch.DefaultRule, LogReason.Normalize, context);
                batch.Drop(frame, DropReason.Block);
                return true;
            case PacketKind.Error:
                _errors.Judge(batch, index, facts, table, context);
                return true;
            case PacketKind.Fragment:
                _rules.Judge(batch, frame, facts, table, context);
                return true;
            default:
                break;
        }

        if (_place.IsIn && !TryBringHome(batch, index, facts, ref hit, context)) return false;
        if (hit.IsState && table.IsExpired(hit.Index, context.Now))
        {
            if (!_shard.TryEnd(hit.Index, FlowEnd.Expired))
            {
                batch.Drop(frame, DropReason.QueueFull);
                return true;
            }

            hit = _place.Find(frame, facts.Key, table);
        }

        if (!hit.IsState && IsOfHost(frame) && !TryBringHostHome(batch, index, facts.Key, table, context)) return false;

        if (hit.IsState) return _states.Follow(batch, index, facts, hit.Index, table, context);
        if (frame.IsTrain)
        {
            batch.Uncouple(index);
            return false;
        }

        _rules.Judge(batch, frame, facts, table, context);
        return true;
    }

    private static bool IsOfHost(Frame frame) => (frame.Info.Traits & FrameTraits.FromHost) != FrameTraits.None;

    /// <summary>
    /// The host answers what came in by a state of another bucket: that has lent its key to this one, as for answers that come in by a
    /// port, and nobody has looked there yet. False: it has been handed off.
    /// </summary>
    private bool TryBringHostHome(FrameBatch batch, int index, in FlowKey key, FlowTable table, in StageContext context)
    {
        FlowKey asked = key.Turned() with { Port = FlowKey.AnyPort };
        FlowHit lent = table.FindArriving(batch.Frames[index].Info.Bucket, asked);
        return !lent.IsAlias || _shard.TryBringHome(batch, index, asked, ref lent, context.Counters);
    }

    /// <summary>False: it has been handed off. If it was a train, that was taken apart, and its followers stand behind it.</summary>
    private bool TryBringHome(FrameBatch batch, int index, in PacketFacts facts, ref FlowHit hit, in StageContext context)
    {
        if (_shard.TryBringHome(batch, index, facts.Key, ref hit, context.Counters)) return true;
        if (context.Trace is { } trace) trace.Explain(batch.Frames[index], $"its state is in bucket {batch.Frames[index].Info.Bucket}");
        return false;
    }
}
