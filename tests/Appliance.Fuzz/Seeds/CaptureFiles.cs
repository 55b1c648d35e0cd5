namespace Appliance.Fuzz.Seeds;

/// <summary>The capture files below a folder, in an order that does not depend on the file system.</summary>
internal static class CaptureFiles
{
    private static readonly string[] Extensions = [".pcap", ".pcapng", ".cap"];

    public static IEnumerable<string> Below(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal);
}
