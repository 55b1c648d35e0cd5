using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using Appliance.Routing;
using Microsoft.AspNetCore.Http;

namespace Appliance.Management;

/// <summary>
/// Routes, a line each of one JSON array. The control thread only copies them, which for a table of the Internet takes some hundredths of a
/// second; they are sorted and written by whoever serves.
/// </summary>
internal sealed class RoutesAnswer(ControlDesk desk)
{
    /// <summary>Who else asks is told to ask again: each has a copy, some 70 MB of a table of the Internet.</summary>
    public const int MostAtOnce = 2;

    private const int RoutesInPart = 256;

    private static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private int _askers;

    public async Task WriteAsync(HttpContext context)
    {
        try
        {
            if (Interlocked.Increment(ref _askers) > MostAtOnce) throw new ControlBusyException();
            using CancellationTokenSource patience = ControlRequests.PatienceFor(context);
            (List<Route> routes, Func<int, string> nameOf) = await desk.AskAsync(
                asked => RoutingReading.CopyRoutes(asked.Appliance.Node), patience.Token);
            RoutingReading.Sort(routes);
            context.Response.ContentType = "application/json";
            PipeWriter body = context.Response.BodyWriter;
            using var json = new Utf8JsonWriter(body, OneLine);
            for (int i = 0; i < routes.Count; i++)
            {
                Write(body, i == 0 ? "[\n"u8 : ",\n"u8);
                json.Reset(body);
                WriteRoute(json, routes[i], nameOf);
                json.Flush();
                if (i % RoutesInPart == RoutesInPart - 1) await body.FlushAsync(context.RequestAborted);
            }

            Write(body, routes.Count == 0 ? "[]\n"u8 : "\n]\n"u8);
            await body.FlushAsync(context.RequestAborted);
        }
        finally
        {
            Interlocked.Decrement(ref _askers);
        }
    }

    /// <summary>As <see cref="RouteDocument"/> says.</summary>
    private static void WriteRoute(Utf8JsonWriter json, Route route, Func<int, string> nameOf)
    {
        json.WriteStartObject();
        json.WriteString("to"u8, route.To.ToString());
        json.WriteString("kind"u8, RoutingReading.KindOf(route.Target));
        json.WriteString("origin"u8, route.Target.Origin);
        json.WriteStartArray("via"u8);
        foreach (NextHop way in route.Target.Ways)
        {
            json.WriteStartObject();
            json.WriteString("port"u8, nameOf(way.Port));
            if (way.Gateway is { } gateway) json.WriteString("address"u8, gateway.ToString());
            else json.WriteNull("address"u8);
            json.WriteNumber("weight"u8, way.Weight);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(PipeWriter body, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(body.GetSpan(bytes.Length));
        body.Advance(bytes.Length);
    }
}
