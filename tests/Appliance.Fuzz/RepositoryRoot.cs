namespace Appliance.Fuzz;

/// <summary>The folder of the solution, looked for upwards from the program; null when it runs elsewhere.</summary>
internal static class RepositoryRoot
{
    public static string? Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Appliance.sln")))
            folder = folder.Parent;
        return folder?.FullName;
    }
}
