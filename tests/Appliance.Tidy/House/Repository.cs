using System.Text;

namespace Appliance.Tidy;

/// <summary>The repository that this test was built in: every text file that is not made by a build.</summary>
public static class Repository
{
    private static readonly string[] BuiltOrForeign = ["artifacts", "out", "bin", "obj", "BenchmarkDotNet.Artifacts", "__pycache__"];

    public static string Root { get; } = FindRoot();

    private static readonly Lazy<IReadOnlyList<SourceFile>> AllFiles = new(() => [.. Walk(Root).Select(Read).OfType<SourceFile>()]);
    private static readonly Lazy<IReadOnlySet<string>> AllPaths = new(() => Walk(Root).Select(Relative).ToHashSet(StringComparer.Ordinal));

    /// <summary><c>debug</c> or <c>release</c>: what this test was built as, and so what it looks for in artifacts.</summary>
    public static string BuiltAs { get; } = new DirectoryInfo(AppContext.BaseDirectory).Name;

    public static IReadOnlyList<SourceFile> Files => AllFiles.Value;

    public static IEnumerable<SourceFile> CSharp => Files.Where(file => file.IsCSharp);

    /// <summary>Every file, binary ones too, relative to the root.</summary>
    public static IReadOnlySet<string> Paths => AllPaths.Value;

    public static SourceFile File(string path) => Files.Single(file => file.Path == path);

    /// <summary>Fails with every finding on a line of its own.</summary>
    public static void HasNo(IEnumerable<Finding> findings)
    {
        string[] lines = [.. findings.Select(finding => finding.ToString()).Order(StringComparer.Ordinal)];
        Assert.True(lines.Length == 0, string.Join('\n', lines));
    }

    private static string FindRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !System.IO.File.Exists(Path.Combine(directory.FullName, "Appliance.sln")))
            directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("No Appliance.sln above the test's own folder.");
    }

    private static IEnumerable<string> Walk(string directory)
    {
        foreach (string file in Directory.GetFiles(directory).Where(file => Path.GetFileName(file) != ".git"))     // a work tree's pointer
            yield return file;
        foreach (string child in Directory.GetDirectories(directory))
        {
            string name = Path.GetFileName(child);
            if (BuiltOrForeign.Contains(name) || (name.StartsWith('.') && name != ".ci")) continue;
            foreach (string file in Walk(child))
                yield return file;
        }
    }

    private static SourceFile? Read(string path)
    {
        byte[] bytes = System.IO.File.ReadAllBytes(path);
        bool isText = !bytes.AsSpan().Contains((byte)0);
        return isText ? new SourceFile(Relative(path), Encoding.UTF8.GetString(bytes).Replace("\r\n", "\n")) : null;
    }

    private static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');
}
