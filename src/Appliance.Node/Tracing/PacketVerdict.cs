using System.Collections.Immutable;

namespace Appliance.Node;

/// <summary>Everything that became of one packet.</summary>
/// <param name="Verdict"><c>pass</c>, <c>block</c>, <c>consume</c> or <c>drop</c>.</param>
/// <param name="Reason">Of a drop; null otherwise.</param>
/// <param name="Rule">The rule that decided, or null: nothing but routing did. Which of two: <see cref="FrameVerdict.Rule"/>.</param>
/// <param name="Stages">In the order met.</param>
/// <param name="Outputs">What left because of it, in order.</param>
public sealed record PacketVerdict(
    string Verdict, string? Reason, string? Rule, ImmutableArray<TracedStage> Stages, ImmutableArray<TracedOutput> Outputs);
