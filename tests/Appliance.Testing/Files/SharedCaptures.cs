using Appliance.Wire.Pcap;
using Xunit;

namespace Appliance.Testing;

/// <summary>
/// Captures of other projects that lie beside the repository, in <c>../shared/pcaps</c>, and are no part of it. A test that asks for them
/// where they are absent is skipped, and the reason says where they were looked for.
/// </summary>
public static class SharedCaptures
{
    private const string Place = "../shared/pcaps beside the repository";
    private static readonly string Folder = Path.GetFullPath(Path.Combine(RepositoryRoot.Folder, "..", "shared", "pcaps"));

    /// <summary>All captures, in the order of their paths; never none.</summary>
    public static IReadOnlyList<string> Files()
    {
        Assert.SkipUnless(Directory.Exists(Folder), $"There is no folder {Place}.");
        string[] files = [.. Directory.EnumerateFiles(Folder, "*.pcap*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        Assert.NotEmpty(files);
        return files;
    }

    /// <summary>The same; for a person who waits every third of them, with more than half of the frames.</summary>
    public static IEnumerable<string> Sample()
    {
        int step = TestSize.Of(person: 3, server: 1, soak: 1);
        return Files().Where((_, place) => place % step == step - 1);
    }

    /// <summary>One capture by its path below the folder, with slashes.</summary>
    public static string File(string name)
    {
        string path = Path.Combine(Folder, name);
        Assert.SkipUnless(System.IO.File.Exists(path), $"There is no {name} in {Place}.");
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
