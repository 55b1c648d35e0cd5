using System.CommandLine;
using Appliance.Engine;
using Appliance.Node;

namespace Appliance.Verbs;

/// <summary><c>--only</c>: which packets of a trace are shown, by their verdict or by the reason of their drop.</summary>
internal static class VerdictFilter
{
    private static readonly string[] Verdicts = ["pass", "block", "consume", "drop"];

    public static Option<string?> Build()
    {
        var option = new Option<string?>("--only")
        {
            Description = "With --pcap, show only the packets with this verdict (pass, block, consume, drop) or drop reason.",
            HelpName = "VERDICT",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is not [{ Value: var text }] || Verdicts.Contains(text) || IsReason(text)) return;
            result.AddError($"--only {text}: expected {string.Join(", ", Verdicts)} or a drop reason such as martian");
        });
        return option;
    }

    /// <param name="only">Null: every packet is shown.</param>
    public static bool Shows(string? only, PacketVerdict verdict) => only is null || verdict.Verdict == only || verdict.Reason == only;

    private static bool IsReason(string text) =>
        Enum.GetValues<DropReason>().Any(reason => reason != DropReason.None && DropReasonNames.Of(reason) == text);
}
