using System.Globalization;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using Appliance.Firewall.Language;
using Appliance.Node;
using Appliance.Wire.Ip;
using Microsoft.AspNetCore.Http;

namespace Appliance.Management;

/// <summary>
/// States, a line each of one JSON array, written as they are read: however many there are, few are in memory at a time. While nobody takes
/// them off, nothing more is read.
/// </summary>
internal sealed class StatesAnswer(ControlDesk desk)
{
    private static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task WriteAsync(HttpContext context)
    {
        var states = new StateStream(desk.Wake);
        using CancellationTokenSource patience = ControlRequests.PatienceFor(context);
        try
        {
            await desk.AskAsync(asked => asked.Appliance.Node.ReadStates(states).Ended = states.End, patience.Token);
            context.Response.ContentType = "application/json";
            PipeWriter body = context.Response.BodyWriter;
            using var json = new Utf8JsonWriter(body, OneLine);
            bool isFirst = true;
            await foreach (IReadOnlyList<StateCopy> part in states.ReadAsync(context.RequestAborted))
            {
                foreach (StateCopy state in part)
                {
                    Write(body, isFirst ? "[\n"u8 : ",\n"u8);
                    isFirst = false;
                    json.Reset(body);
                    StateJson.WriteState(json, state.ToEntry());
                    json.Flush();
                }

                await body.FlushAsync(context.RequestAborted);
            }

            Write(body, isFirst ? "[]\n"u8 : "\n]\n"u8);
            await body.FlushAsync(context.RequestAborted);
        }
        finally
        {
            states.GiveUp();                                            // also where it began and the asker was gone by then
        }
    }

    public async Task KillAsync(HttpContext context)
    {
        StateFilter filter = FilterOf(context);
        var end = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenSource patience = ControlRequests.PatienceFor(context);
        await desk.AskAsync(
            asked =>
            {
                StateKill kill = asked.Appliance.Node.KillStates(filter);
                return kill.Ended = () => end.TrySetResult(kill.Killed);
            },
            patience.Token);
        long killed = await end.Task.WaitAsync(context.RequestAborted);
        await ControlRequests.WriteAsync(context, new KillDocument(killed), ManagementJson.Indented.KillDocument);
    }

    private static void Write(PipeWriter body, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(body.GetSpan(bytes.Length));
        body.Advance(bytes.Length);
    }

    private static StateFilter FilterOf(HttpContext context)
    {
        string? Text(string key) => context.Request.Query[key] is [{ Length: > 0 } text, ..] ? text : null;
        T? Value<T>(string key, TryParse<T> parse, string expected) where T : struct =>
            Text(key) is not { } text ? null
                : parse(text, out T value) ? value
                    : throw new RequestRefusedException(StatusCodes.Status400BadRequest, $"{key} {text}: expected {expected}");
        var filter = new StateFilter
        {
            Source = Value<IpPrefix>("source", TryParsePrefix, "an address or a network"),
            SourcePort = Value<ushort>("sourcePort", TryParsePort, "a port number"),
            Destination = Value<IpPrefix>("destination", TryParsePrefix, "an address or a network"),
            DestinationPort = Value<ushort>("destinationPort", TryParsePort, "a port number"),
            Gateway = Value<IpAddress>("gateway", (text, out address) => IpAddress.TryParse(text, out address), "an address"),
            Protocol = Value<IpProtocol>("protocol", TryParseProtocol, "a protocol's name or number"),
            Family = Value<int>("family", (text, out family) => int.TryParse(text, out family) && family is 4 or 6, "4 or 6"),
            Id = Value<ulong>("id", TryParseId, "a state's id, 16 hexadecimal digits"),
            Port = Text("port"),
            Label = Text("label"),
            Rule = Text("rule"),
            Table = Text("table"),
        };
        return filter == new StateFilter() && Text("all") != "true"
            ? throw new RequestRefusedException(StatusCodes.Status400BadRequest, "expected which states are meant, or all")
            : filter;
    }

    private delegate bool TryParse<T>(string text, out T value);

    internal static bool TryParsePrefix(string text, out IpPrefix prefix)
    {
        if (IpPrefix.TryParse(text, out prefix)) return true;
        bool isAddress = IpAddress.TryParse(text, out IpAddress address);
        prefix = new IpPrefix(address, address.BitLength);
        return isAddress;
    }

    private static bool TryParsePort(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);

    private static bool TryParseProtocol(string text, out IpProtocol protocol)
    {
        bool isNumber = byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte number);
        protocol = (IpProtocol)number;
        return isNumber || ProtocolNames.TryGetNumber(text, out protocol);
    }

    private static bool TryParseId(string text, out ulong id) =>
        ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id);
}
