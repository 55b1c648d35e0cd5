using System.Text.Encodings.Web;
using System.Text.Json;
using Appliance.Engine;

namespace Appliance.Node;

/// <summary>The document of <c>replay --json</c>. Keys are a contract; more may be added, none renamed.</summary>
public static class ReplayJson
{
    public static byte[] Render(ReplayReport report, double elapsedSeconds)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions
        {
            Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,         // rules have < and > in them
        }))
            Write(json, report, elapsedSeconds);
        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, ReplayReport report, double elapsedSeconds)
    {
        NodeAccounts accounts = report.Accounts;
        OffloadAccounts offloads = OffloadAccounts.Of(accounts);
        json.WriteStartObject();
        WriteNumbers(json, "frames",
            ("in", accounts.Received), ("out", accounts.Transmitted), ("dropped", accounts.Dropped),
            ("consumed", accounts.Consumed), ("generated", accounts.Generated));
        WriteNumbers(json, "drops", [.. accounts.Drops.Select(drop => (drop.Key, drop.Value))]);
        WritePorts(json, report);
        WriteVcpus(json, accounts);
        WriteNumbers(json, "lro", ("segments", offloads.LroSegments), ("superframes", offloads.LroSuperframes));
        WriteNumbers(json, "tso", ("superframes", offloads.TsoSuperframes), ("segments", offloads.TsoSegments));
        WriteNumbers(json, "checksums",
            ("verified", accounts.ChecksumsVerified), ("bad", accounts.ChecksumsBad), ("computed", accounts.ChecksumsComputed));
        WriteNumbers(json, "states",
            ("created", accounts.StatesCreated), ("expired", accounts.StatesEnded),
            ("current", accounts.StatesCreated - accounts.StatesEnded));
        WriteNumbers(json, "verdicts",
            ("pass", report.Sums.Pass), ("block", report.Sums.Block), ("drop", report.Sums.Drop), ("consume", report.Sums.Consume));
        WriteNumbers(json, "log", ("records", report.Log.Records), ("lost", report.Log.Lost));
        WriteRules(json, report);
        if (report.States is { } states)
        {
            json.WritePropertyName("stateTable");
            StateJson.Write(json, states);
        }

        if (report.Failover is { } failover) WriteFailover(json, failover);
        WriteInputs(json, report);
        json.WriteNumber("captureSeconds", report.CaptureSeconds);
        json.WriteNumber("elapsedSeconds", elapsedSeconds);
        json.WriteEndObject();
    }

    private static void WriteFailover(Utf8JsonWriter json, ReplayFailoverReport failover)
    {
        json.WriteStartArray("carp");
        foreach (ReplayGroup group in failover.Groups)
        {
            json.WriteStartObject();
            json.WriteNumber("vhid", group.Vhid);
            json.WriteString("port", group.Port);
            json.WriteString("state", group.State);
            json.WriteNumber("advbase", group.Interval.BaseSeconds);
            json.WriteNumber("advskew", group.Interval.Skew);
            json.WriteNumber("demotion", group.Demotion);
            json.WriteStartArray("addresses");
            foreach (string address in group.Addresses) json.WriteStringValue(address);
            json.WriteEndArray();
            json.WriteString("peer", group.Peer);
            json.WriteNumber("transitions", group.Transitions);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("carpTransitions");
        foreach (ReplayTransition moved in failover.Transitions)
        {
            json.WriteStartObject();
            json.WriteNumber("seconds", moved.Seconds);
            json.WriteString("text", moved.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, params ReadOnlySpan<(string Key, long Value)> numbers)
    {
        json.WriteStartObject(name);
        foreach ((string key, long value) in numbers)
            json.WriteNumber(key, value);
        json.WriteEndObject();
    }

    private static void WritePorts(Utf8JsonWriter json, ReplayReport report)
    {
        json.WriteStartObject("ports");
        for (int port = 0; port < report.PortNames.Length; port++)
        {
            PortCounters counters = report.Accounts.Ports[port];
            WriteNumbers(json, report.PortNames[port],
                ("in", counters.FramesIn), ("out", counters.FramesOut), ("bytesIn", counters.BytesIn),
                ("bytesOut", counters.BytesOut), ("dropped", counters.FramesDropped));
        }

        json.WriteEndObject();
    }

    private static void WriteVcpus(Utf8JsonWriter json, NodeAccounts accounts)
    {
        json.WriteStartArray("vcpus");
        foreach (VcpuAccounts vcpu in accounts.Vcpus)
        {
            json.WriteStartObject();
            json.WriteNumber("id", vcpu.Id);
            json.WriteNumber("frames", vcpu.Frames);
            json.WriteNumber("bytes", vcpu.Bytes);
            json.WriteNumber("batches", vcpu.Batches);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRules(Utf8JsonWriter json, ReplayReport report)
    {
        json.WriteStartArray("rules");
        foreach (RuleAccounts rule in report.Rules)
        {
            json.WriteStartObject();
            json.WriteString("id", rule.Id);
            json.WriteString("rule", rule.Text);
            json.WriteNumber("evaluations", rule.Evaluations);
            json.WriteNumber("packets", rule.Packets);
            json.WriteNumber("bytes", rule.Bytes);
            json.WriteNumber("statesCreated", rule.StatesCreated);
            json.WriteNumber("states", rule.States);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteInputs(Utf8JsonWriter json, ReplayReport report)
    {
        json.WriteStartArray("inputs");
        foreach (ReplayInputAccounts input in report.Inputs)
        {
            json.WriteStartObject();
            json.WriteString("port", input.Port);
            json.WriteString("file", input.File);
            json.WriteNumber("frames", input.Frames);
            json.WriteString("error", input.Error);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
