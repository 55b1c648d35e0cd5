namespace Appliance.Scenarios;

/// <summary>A folder with a test.yaml.</summary>
/// <param name="Path">As it is opened: below the folder that was named.</param>
/// <param name="Name">As it is reported: from the folder that was named on.</param>
internal sealed record ScenarioFolder(string Path, string Name)
{
    public const string FileName = "test.yaml";

    /// <summary>Folders below folders that are searched.</summary>
    private const int MaximumDepth = 32;

    private static readonly EnumerationOptions Below = new()
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = MaximumDepth,
        IgnoreInaccessible = false,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.ReparsePoint,     // no .git, and no circles
    };

    public string File => System.IO.Path.Combine(Path, FileName);

    /// <summary>The folder itself and all below that hold a test.yaml, in the order of their paths; never none.</summary>
    /// <exception cref="RefusedException">There is no such folder, or no test.yaml.</exception>
    public static IReadOnlyList<ScenarioFolder> Find(string folder)
    {
        if (!Directory.Exists(folder))
        {
            string reason = System.IO.File.Exists(folder) ? "it is a file; expected the folder of a scenario"
                : folder.StartsWith('-') ? "there is no such option" : "there is no such folder";
            throw new RefusedException($"appliance test: {folder}: {reason}");
        }

        string[] folders = [folder, .. Directory.EnumerateDirectories(folder, "*", Below).Order(StringComparer.Ordinal)];
        ScenarioFolder[] found = [.. folders.Select(path => new ScenarioFolder(path, NameOf(folder, path)))
            .Where(scenario => System.IO.File.Exists(scenario.File))];
        if (found.Length == 0) throw new RefusedException($"appliance test: {folder}: there is no {FileName} in it or in a folder below");
        return found;
    }

    private static string NameOf(string folder, string path) => path == folder
        ? System.IO.Path.GetFileName(System.IO.Path.GetFullPath(folder).TrimEnd('/'))
        : System.IO.Path.GetRelativePath(folder, path);
}
