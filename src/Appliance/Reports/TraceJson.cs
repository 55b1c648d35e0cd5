using System.Text.Json;
using Appliance.Node;
using Appliance.Wire.Text;

namespace Appliance.Reports;

/// <summary>The documents of <c>trace --json</c>.</summary>
internal static class TraceJson
{
    private static readonly JsonWriterOptions Options = new() { Indented = true };

    public static void Print(PacketVerdict verdict) => Print(json => Write(json, verdict, null));

    /// <param name="verdicts">With the packets' numbers in their capture.</param>
    public static void Print(IReadOnlyList<(int Number, PacketVerdict Verdict)> verdicts) => Print(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("packets");
        foreach ((int number, PacketVerdict verdict) in verdicts)
            Write(json, verdict, number);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void Print(Action<Utf8JsonWriter> write)
    {
        using Stream output = Console.OpenStandardOutput();
        using (var json = new Utf8JsonWriter(output, Options))
            write(json);
        output.WriteByte((byte)'\n');
    }

    private static void Write(Utf8JsonWriter json, PacketVerdict verdict, int? number)
    {
        json.WriteStartObject();
        if (number is { } packet) json.WriteNumber("packet", packet);
        json.WriteString("verdict", verdict.Verdict);
        json.WriteString("reason", verdict.Reason);
        json.WriteString("rule", verdict.Rule);
        json.WriteStartArray("stages");
        foreach (TracedStage stage in verdict.Stages)
        {
            json.WriteStartObject();
            json.WriteString("stage", stage.Stage);
            json.WriteString("action", stage.Action);
            json.WriteString("detail", stage.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteOutputs(json, verdict);
        json.WriteEndObject();
    }

    /// <summary>
    /// <c>output</c> is the packet itself as it left, or null; <c>outputs</c> everything that left, fragments and replies included.
    /// </summary>
    private static void WriteOutputs(Utf8JsonWriter json, PacketVerdict verdict)
    {
        TracedOutput? own = verdict.Outputs.FirstOrDefault(output => !output.IsReply);
        json.WritePropertyName("output");
        if (own is null) json.WriteNullValue();
        else Write(json, own);
        json.WriteStartArray("outputs");
        foreach (TracedOutput output in verdict.Outputs)
            Write(json, output);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, TracedOutput output)
    {
        json.WriteStartObject();
        json.WriteString("port", output.Port);
        json.WriteString("frame", FrameText.Format(output.Frame));
        json.WriteString("bytes", Convert.ToHexStringLower(output.Frame));
        json.WriteBoolean("reply", output.IsReply);
        json.WriteEndObject();
    }
}
