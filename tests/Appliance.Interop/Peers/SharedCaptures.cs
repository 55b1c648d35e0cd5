using Appliance.Testing;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop;

/// <summary>Captures of other projects that lie beside the repository and are no part of it.</summary>
internal static class SharedCaptures
{
    private static readonly string Folder = Path.GetFullPath(Path.Combine(RepositoryFiles.Root, "..", "shared", "pcaps"));

    /// <summary>All of them in the order of their paths, never none; the test is skipped where they are absent.</summary>
    public static string[] Files()
    {
        Assert.SkipUnless(Directory.Exists(Folder), "there are no captures in ../shared/pcaps beside the repository");
        string[] files = [.. Directory.EnumerateFiles(Folder, "*.pcap*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        Assert.NotEmpty(files);
        return files;
    }

    /// <summary>The same; for a person who waits, every third of them.</summary>
    public static string[] Sample()
    {
        int step = TestSize.Of(person: 3, server: 1, soak: 1);
        return [.. Files().Where((_, place) => place % step == 0)];
    }

    /// <summary>One of them; the test is skipped where it is absent.</summary>
    public static string PathOf(string name)
    {
        string path = Path.Combine(Folder, name);
        Assert.SkipUnless(File.Exists(path), $"there is no ../shared/pcaps/{name} beside the repository");
        return path;
    }

    /// <summary>The <c>--in</c> options that put captures in at one port.</summary>
    public static IEnumerable<string> Inputs(string port, IEnumerable<string> files) =>
        files.SelectMany(file => (string[])["--in", $"{port}={file}"]);
}
