using Appliance.Engine;

namespace Appliance.Node;

/// <summary>What became of a captured frame, as its comment says it.</summary>
internal static class VerdictText
{
    /// <param name="note">What the workers noted.</param>
    /// <param name="names">Of ports, by index.</param>
    public static string Of(in CaptureNote note, IReadOnlyList<string> names)
    {
        if (note.IsOutbound) return note.IsMadeHere ? "sent: made here" : $"sent: in by {names[note.Port]}";
        return note.Verdict switch
        {
            VerdictKind.Pass => $"pass{By(note.Rules.First, note.Rules.Second)}: out by {names[note.Port]}",
            VerdictKind.Consume => $"consume{By(note.Rules.First, note.Rules.Second)}",
            VerdictKind.None => "no verdict yet",
            _ => $"{FrameVerdict.Dropped(note.Reason).Word}{By(note.Rules.Here, null)}: {DropReasonNames.Of(note.Reason)}",
        };
    }

    private static string By(string? first, string? second) =>
        first is null ? "" : second is null ? $" by {first}" : $" by {first} and {second}";
}
