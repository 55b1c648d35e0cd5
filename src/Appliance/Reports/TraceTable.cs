using System.Globalization;
using Appliance.Node;
using Appliance.Wire.Text;

namespace Appliance.Reports;

/// <summary>A traced packet for people: the stages in order, one line each, then the verdict and what left.</summary>
internal static class TraceTable
{
    public static void Print(ReadOnlySpan<byte> frame, PacketVerdict verdict)
    {
        Console.WriteLine($"packet   {FrameText.Format(frame)}");
        int width = verdict.Stages.IsEmpty ? 0 : verdict.Stages.Max(stage => stage.Stage.Length);
        foreach (TracedStage stage in verdict.Stages)
            Console.WriteLine($"  {stage.Stage.PadRight(width)}  {stage.Action,-9} {stage.Detail}".TrimEnd());
        string reason = verdict.Reason is { } ended ? $" ({ended})" : "", rule = verdict.Rule is { } decided ? $" by rule {decided}" : "";
        Console.WriteLine($"verdict  {verdict.Verdict}{reason}{rule}");
        foreach (TracedOutput output in verdict.Outputs)
            Console.WriteLine($"{(output.IsReply ? "reply" : "output"),-8} {output.Port}: {FrameText.Format(output.Frame)}");
    }

    public static void PrintNumbered(int number, ReadOnlySpan<byte> frame, PacketVerdict verdict)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"#{number}"));
        Print(frame, verdict);
        Console.WriteLine();
    }
}
