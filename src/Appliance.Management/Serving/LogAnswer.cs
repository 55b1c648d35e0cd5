using Appliance.Firewall;
using Microsoft.AspNetCore.Http;

namespace Appliance.Management;

/// <summary>The packets that were logged last, the latest last.</summary>
internal static class LogAnswer
{
    public static async Task WriteAsync(ControlDesk desk, HttpContext context)
    {
        using CancellationTokenSource patience = ControlRequests.PatienceFor(context);
        LogEntry[] entries = await desk.AskAsync(asked => asked.Log.Entries, patience.Token);
        using var document = new MemoryStream();
        document.Write("["u8);
        for (int i = 0; i < entries.Length; i++)
        {
            document.Write(i == 0 ? "\n  "u8 : ",\n  "u8);
            document.Write(LogJson.Of(entries[i]));
        }

        document.Write(entries.Length == 0 ? "]"u8 : "\n]"u8);
        await ControlRequests.WriteAsync(context, document.ToArray());
    }
}
