using Appliance.Configuration;
using Appliance.Node;
using Appliance.Wire.Pcap;
using Microsoft.AspNetCore.Http;

namespace Appliance.Management;

/// <summary>
/// Captured frames as pcapng, as they come, each with its verdict as its comment; whenever some were lost, a statistics block says how
/// many so far, and when the port goes, that it does.
/// </summary>
internal sealed class CaptureAnswer(ControlDesk desk)
{
    public async Task WriteAsync(HttpContext context)
    {
        string port = context.Request.Query["port"].ToString();
        long most = ControlRequests.NumberIn(context, "count", 1, int.MaxValue) ?? long.MaxValue;
        CaptureFilter? filter = FilterOf(context);
        using CancellationTokenSource patience = ControlRequests.PatienceFor(context);
        var feed = new CaptureFeed(desk.Wake);
        try
        {
            await desk.AskAsync(asked => Begin(asked, feed, port, filter), patience.Token);
            await CopyAsync(feed, port, most, context);
        }
        finally
        {
            feed.GiveUp();                                              // also where it began and the asker was gone by then
        }
    }

    private static CaptureFilter? FilterOf(HttpContext context)
    {
        string text = context.Request.Query["filter"].ToString();
        if (text.Length == 0) return null;
        if (text.Length > CaptureFilter.MaximumLength)
        {
            throw new RequestRefusedException(StatusCodes.Status400BadRequest,
                $"filter: it has {text.Length} characters; at most {CaptureFilter.MaximumLength} are taken");
        }

        return CaptureFilter.TryParse(text, out CaptureFilter filter, out string error)
            ? filter
            : throw new RequestRefusedException(StatusCodes.Status400BadRequest, $"filter '{text}': {error}");
    }

    private static CaptureFeed Begin(ControlDesk desk, CaptureFeed feed, string port, CaptureFilter? filter)
    {
        RuntimeModel configuration = desk.Appliance.Node.Configuration;
        string names = string.Join(", ", configuration.Ports.Where(known => !known.IsVacant).Select(known => known.Name));
        PortModel model = configuration.FindPort(port) is { IsVacant: false } found ? found : throw new RequestRefusedException(
            StatusCodes.Status404NotFound, $"port {port}: there is no such port; the configuration has {names}");
        FrameCapture capture = desk.Appliance.Node.StartCapture(new CaptureOptions { Port = model.Index, Filter = filter })
            ?? throw new RequestRefusedException(
                StatusCodes.Status409Conflict, "there are as many captures as there may be; end one of them");
        feed.Begin(capture);
        desk.Add(feed);
        return feed;
    }

    private static async Task CopyAsync(CaptureFeed feed, string port, long most, HttpContext context)
    {
        context.Response.ContentType = "application/x-pcapng";
        using var buffer = new MemoryStream();
        using var pcapng = new PcapngWriter(buffer, leaveOpen: true);
        int wire = pcapng.AddInterface(port);
        await FlushAsync();
        long written = 0, lost = 0, time = 0;
        while (written < most && await feed.Frames.WaitToReadAsync(context.RequestAborted))
        {
            while (written < most && feed.Frames.TryRead(out (DateTimeOffset Time, CapturedFrame Frame) next))
            {
                time = (next.Time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
                pcapng.Write(wire, next.Frame.Bytes, time, next.Frame.Direction, next.Frame.Verdict);
                written++;
            }

            if (feed.Lost is var now && now != lost) pcapng.WriteStatistics(wire, time, written + now, lost = now);
            await FlushAsync();
        }

        if (written == most || feed.Ending.Length == 0) return;
        pcapng.WriteStatistics(wire, time, written + feed.Lost, feed.Lost, feed.Ending);
        await FlushAsync();

        async Task FlushAsync()
        {
            pcapng.Flush();
            await context.Response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            buffer.SetLength(0);
        }
    }
}
