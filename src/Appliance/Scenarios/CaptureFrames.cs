using Appliance.Verbs;
using Appliance.Wire.Pcap;
using Appliance.Wire.Text;

namespace Appliance.Scenarios;

/// <summary>The frames of a capture, for comparing and for showing.</summary>
internal static class CaptureFrames
{
    /// <summary>The named records in one line each, by number from 1.</summary>
    public static IReadOnlyDictionary<long, string> Texts(string file, HashSet<long> numbers)
    {
        var texts = new Dictionary<long, string>();
        long number = 0;
        foreach (byte[]? frame in Read(OpenReader(file)))
        {
            if (!numbers.Contains(++number)) continue;
            texts[number] = frame is null ? "which is no frame" : FrameText.Format(frame);
            if (texts.Count == numbers.Count) break;
        }

        return texts;
    }

    /// <summary>All frames of a whole capture.</summary>
    /// <exception cref="FailedException">It cannot be read, or is damaged, or holds what is no frame.</exception>
    public static List<byte[]> ReadAll(string file) => ReadAll(OpenReader(file), file);

    /// <inheritdoc cref="ReadAll(string)"/>
    public static List<byte[]> ReadAll(Stream content, string file) => ReadAll(CaptureReader.Open(content), file);

    private static List<byte[]> ReadAll(CaptureReader reader, string file)
    {
        var frames = new List<byte[]>();
        foreach (byte[]? frame in Read(reader))
            frames.Add(frame ?? throw new FailedException($"{file}: record {frames.Count + 1} holds no whole frame"));
        return reader.Damage is { } damage ? throw new FailedException($"{file}: {damage}") : frames;
    }

    private static CaptureReader OpenReader(string file) => CaptureReader.Open(ReplayFiles.OpenCapture(file));

    /// <summary>Null for a record that is no whole frame. Disposes the reader when the last was taken; its damage stays readable.</summary>
    private static IEnumerable<byte[]?> Read(CaptureReader reader)
    {
        using CaptureReader open = reader;
        var buffer = new byte[LinkLayerFraming.DestinationLength];
        while (open.TryRead(out CaptureRecord record))
        {
            FramingOutcome outcome = LinkLayerFraming.Frame(record, default, buffer, out int length);
            yield return outcome == FramingOutcome.Framed ? buffer[..length] : null;
        }
    }
}
