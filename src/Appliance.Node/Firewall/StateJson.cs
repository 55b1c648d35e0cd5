using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Appliance.Node;

/// <summary>The document of <c>show states</c>. Keys are a contract; more may be added, none renamed.</summary>
public static class StateJson
{
    public static byte[] Render(IReadOnlyCollection<StateEntry> states)
    {
        using var buffer = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(buffer, options))
            Write(json, states);
        return buffer.ToArray();
    }

    /// <summary>The array, where a document is being written.</summary>
    internal static void Write(Utf8JsonWriter json, IReadOnlyCollection<StateEntry> states)
    {
        json.WriteStartArray();
        foreach (StateEntry state in states)
            WriteState(json, state);

        json.WriteEndArray();
    }

    /// <summary>One of them.</summary>
    public static void WriteState(Utf8JsonWriter json, StateEntry state)
    {
        json.WriteStartObject();
        json.WriteString("protocol", state.Protocol);
        json.WriteString("direction", state.Direction);
        json.WriteString("port", state.Port);
        json.WriteString("source", state.Source);
        json.WriteString("destination", state.Destination);
        json.WriteString("gateway", state.Gateway);
        json.WriteString("state", state.State);
        WritePair(json, "packets", state.Packets);
        WritePair(json, "bytes", state.Bytes);
        json.WriteNumber("ageSeconds", state.AgeSeconds);
        json.WriteNumber("expiresSeconds", state.ExpiresSeconds);
        json.WriteNumber("vcpu", state.Vcpu);
        json.WriteString("rule", state.Rule);
        json.WriteString("id", state.Id.ToString("x16", CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    private static void WritePair(Utf8JsonWriter json, string name, (ulong Forward, ulong Reverse) pair)
    {
        json.WriteStartArray(name);
        json.WriteNumberValue(pair.Forward);
        json.WriteNumberValue(pair.Reverse);
        json.WriteEndArray();
    }
}
