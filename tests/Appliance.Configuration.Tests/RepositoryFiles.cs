namespace Appliance.Configuration.Tests;

/// <summary>Files of the repository, found from where the tests run.</summary>
internal static class RepositoryFiles
{
    public static readonly string Root = FindRoot();
    public static readonly string Configs = Path.Combine(Root, "configs");
    public static readonly string Broken = Path.Combine(Root, "tests", "Appliance.Configuration.Tests", "Broken");

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Appliance.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the tests run outside the repository");
    }
}
