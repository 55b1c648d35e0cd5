using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>One of the two places where frames are judged, and the worker whose it is: what those who judge there share.</summary>
internal sealed class FirewallPlace(FirewallShard shard, RuleDirection direction)
{
    public FirewallShard Shard => shard;

    public RuleDirection Direction => direction;

    public bool IsIn => direction == RuleDirection.In;

    /// <summary>The side of a state by which a frame finds it here.</summary>
    public FlowSide Side => direction == RuleDirection.In ? FlowSide.Wire : FlowSide.Stack;

    /// <summary>The logical port that a frame passes here.</summary>
    public ushort PortOf(Frame frame) => IsIn ? frame.Info.IngressPort : frame.Info.EgressPort;

    /// <summary>Counts frames with the state and with its rule, if that is still in force.</summary>
    public void Count(ref FlowRecord state, in PacketFacts facts)
    {
        if (state.IsForward(Side))
        {
            state.ForwardPackets += (ulong)facts.View.Frames;
            state.ForwardBytes += (ulong)facts.View.Bytes;
        }
        else
        {
            state.ReversePackets += (ulong)facts.View.Frames;
            state.ReverseBytes += (ulong)facts.View.Bytes;
        }

        if (state.Ruleset != shard.Generation) return;
        shard.CountOfState(state, facts.View);
    }

    /// <summary>For a trace: the rule that made a state.</summary>
    public string RuleText(in FlowRecord state) =>
        state.Ruleset == shard.Generation ? shard.Matcher.Rules[(int)state.Rule].Id : "an earlier ruleset";

    /// <summary>The rule that made a state, by its index, if it is still in force; else none.</summary>
    public int RuleOf(in FlowRecord state) => state.Ruleset == shard.Generation ? (int)state.Rule : RuleMatch.DefaultRule;

    /// <summary>pf looks at the options of IPv4 alone.</summary>
    public static bool HasOptions(Frame frame) =>
        (frame.Info.Traits & FrameTraits.Options) != FrameTraits.None && frame.Info.Network == NetworkKind.Ipv4;
}
