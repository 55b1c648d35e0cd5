using Appliance.Engine;

namespace Appliance.Node;

/// <summary>What became of one record of a capture.</summary>
/// <param name="Reason">Of a block or drop; <see cref="DropReason.None"/> otherwise.</param>
/// <param name="Rule">
/// The identifier of the rule that decided, or null: nothing but routing did. Of a frame that rules let in and let out, the one that let
/// it in; of what a state let through, the rule that made the state.
/// </param>
/// <param name="OutRule">Of a frame that has passed, the rule that let it out, where another let it in; else null.</param>
public readonly record struct FrameVerdict(
    VerdictKind Kind, DropReason Reason = DropReason.None, string? Rule = null, string? OutRule = null)
{
    /// <summary>
    /// The drops that are a policy's word: these are blocks, all others drops. What a firewall gives up for want of room, or because it
    /// contradicts its connection, is a drop: a test that a rule blocks must not hold for such a reason.
    /// </summary>
    private static ReadOnlySpan<DropReason> Blocking => [DropReason.Block];

    /// <summary><c>pass</c>, <c>block</c>, <c>drop</c> or <c>consume</c>.</summary>
    public string Word => WordOf(Kind);

    /// <summary>The verdict that a drop for this reason is.</summary>
    public static VerdictKind KindOf(DropReason reason) => Blocking.Contains(reason) ? VerdictKind.Block : VerdictKind.Drop;

    /// <summary>The same of a reason by its name in reports.</summary>
    public static bool IsBlock(string reason)
    {
        foreach (DropReason blocking in Blocking)
            if (DropReasonNames.Of(blocking) == reason) return true;
        return false;
    }

    public static FrameVerdict Dropped(DropReason reason) => new(KindOf(reason), reason);

    public static string WordOf(VerdictKind kind) => kind switch
    {
        VerdictKind.Pass => "pass",
        VerdictKind.Block => "block",
        VerdictKind.Drop => "drop",
        VerdictKind.Consume => "consume",
        _ => "none",
    };
}
