using Appliance.Management;
using Appliance.Verbs;
using Appliance.Wire.Pcap;
using Appliance.Wire.Text;

namespace Appliance.Consoles;

/// <summary>A capture inside the appliance, a line a frame.</summary>
internal static class LiveCapture
{
    /// <summary>Until the frames that were asked for have come, or an interrupt.</summary>
    /// <param name="client">To the appliance.</param>
    /// <param name="path">The request, with its count: what has come is kept until it is shown.</param>
    /// <param name="terminal">Where it is shown.</param>
    public static async Task ShowAsync(ControlClient client, string path, ITerminal terminal)
    {
        using var interrupt = new Interruption();
        using var kept = new MemoryStream();
        try
        {
            await using Stream frames = await client.OpenAsync(path, interrupt.Token);
            await new PcapngCopy(frames, () => kept).RunAsync(null, interrupt.Token);
        }
        catch (OperationCanceledException)
        {
            // The user has enough
        }

        kept.Position = 0;
        if (kept.Length > 0) Show(kept, terminal);
    }

    private static void Show(MemoryStream kept, ITerminal terminal)
    {
        using var reader = CaptureReader.Open(kept);
        var frame = new byte[LinkLayerFraming.DestinationLength];
        while (reader.TryRead(out CaptureRecord record))
        {
            if (LinkLayerFraming.Frame(record, default, frame, out int length) == FramingOutcome.Framed)
                terminal.Line(FrameText.Format(frame.AsSpan(0, length)));
        }
    }
}
