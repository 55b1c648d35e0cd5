using Appliance.Wire.Pcap;
using Xunit;

namespace Appliance.Testing;

/// <summary>
/// Captures of other projects that lie beside the repository, in <c>../shared/pcaps</c>, and are no part of it. A test that asks for them where they are
/// absent is skipped, and the reason says where they were looked for.
/// </summary>
public static class SharedCaptures
{
    private static readonly string Folder = Path.GetFullPath(Path.Combine(RepositoryRoot.Folder, "..", "shared", "pcaps"));

    /// <summary>All captures, in the order of their paths; never none.</summary>
    public static IReadOnlyList<string> Files()
    {
        Assert.SkipUnless(Directory.Exists(Folder), $"There are no captures in {Path.Combine("..", "shared", "pcaps")} beside the repository.");
        string[] files = [.. Directory.EnumerateFiles(Folder, "*.pcap*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        Assert.NotEmpty(files);
        return files;
    }

    /// <summary>One capture by its path below the folder, with slashes.</summary>
    public static string File(string name)
    {
        string path = Path.Combine(Folder, name);
        Assert.SkipUnless(System.IO.File.Exists(path), $"There is no {name} in {Path.Combine("..", "shared", "pcaps")} beside the repository.");
        return path;
    }

    /// <summary>Every record of every capture that was an Ethernet frame, as captured, cut ones included.</summary>
    public static IEnumerable<byte[]> EthernetFrames()
    {
        foreach (string file in Files())
        {
            using CaptureReader reader = CaptureReader.Open(System.IO.File.OpenRead(file));
            while (reader.TryRead(out CaptureRecord record))
            {
                if (record.LinkType == LinkType.Ethernet) yield return record.Bytes.ToArray();
            }
        }
    }
}
