using Appliance.Engine;

namespace Appliance.Node;

/// <summary>What became of a captured frame, as its comment says it.</summary>
internal static class VerdictText
{
    public static string Of(in CaptureNote note, PortTable ports)
    {
        if (note.IsOutbound) return note.IsMadeHere ? "sent: made here" : $"sent: in by {NameOf(note.Port, ports)}";
        return note.Verdict switch
        {
            VerdictKind.Pass => $"pass{By(note.Rules.First, note.Rules.Second)}: out by {NameOf(note.Port, ports)}",
            VerdictKind.Consume => $"consume{By(note.Rules.First, note.Rules.Second)}",
            VerdictKind.None => "no verdict yet",
            _ => $"{FrameVerdict.Dropped(note.Reason).Word}{By(note.Rules.Here, null)}: {DropReasonNames.Of(note.Reason)}",
        };
    }

    private static string By(string? first, string? second) =>
        first is null ? "" : second is null ? $" by {first}" : $" by {first} and {second}";

    private static string NameOf(int port, PortTable ports) => port < ports.Count ? ports[port].Name : "?";
}
