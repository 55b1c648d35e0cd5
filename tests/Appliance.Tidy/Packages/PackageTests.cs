namespace Appliance.Tidy;

public sealed class PackageTests
{
    private static readonly SourceFile Pins = Props("1.2.3");

    private static SourceFile Central => Repository.File("Directory.Packages.props");

    private static IEnumerable<SourceFile> Projects => Repository.Files.Where(file => Path.GetExtension(file.Path) == ".csproj");

    [Fact]
    public void Every_package_has_one_exact_central_version()
    {
        SourceFile central = Central;
        IEnumerable<SourceFile> naming = Repository.Files
            .Where(file => Path.GetExtension(file.Path) is ".csproj" or ".props" or ".targets" && file.Path != central.Path);
        Repository.HasNo([.. PackageRules.Central(central), .. naming.SelectMany(file => PackageRules.References(file, central))]);
        Assert.Contains("<ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>", central.Text, StringComparison.Ordinal);
    }

    /// <summary>What needs packages that are not served everywhere stands outside the solution, and has no hashes to lock.</summary>
    [Fact]
    public void Every_project_of_the_solution_has_a_lock_file_and_only_the_port_of_SharpPcap_is_outside() => Repository.HasNo(Projects
        .Where(project => IsInSolution(project) || !project.Project.StartsWith("Appliance.Ports.SharpPcap", StringComparison.Ordinal))
        .Where(project => !Repository.Paths.Contains(Path.GetDirectoryName(project.Path) + "/packages.lock.json"))
        .Select(project => new Finding(project.Path, 0, "packages.lock.json is missing beside it")));

    [Theory]
    [InlineData("1.2.3", 0)]
    [InlineData("1.2.3-beta.1", 0)]
    [InlineData("1.*", 1)]
    [InlineData("[1.0,2.0)", 1)]
    [InlineData("", 1)]
    public void A_floating_version_is_found(string version, int count) =>
        Assert.Equal(count, PackageRules.Central(Props(version)).Count());

    [Theory]
    [InlineData("<PackageReference Include=\"P\" />", 0)]
    [InlineData("<PackageReference Include=\"Q\" />", 1)]
    [InlineData("<PackageReference Include=\"P\" Version=\"1.2.3\" />", 1)]
    [InlineData("<PackageReference Include=\"P\"><VersionOverride>2.0.0</VersionOverride></PackageReference>", 1)]
    public void A_package_pinned_elsewhere_or_nowhere_is_found(string reference, int count) =>
        Assert.Equal(count, PackageRules.References(new SourceFile("a.csproj", $"<Project>{reference}</Project>"), Pins).Count());

    private static bool IsInSolution(SourceFile project) =>
        Repository.File("Appliance.sln").Text.Contains(Path.GetFileName(project.Path), StringComparison.Ordinal);

    private static SourceFile Props(string version) =>
        new("Directory.Packages.props", $"<Project><PackageVersion Include=\"P\" Version=\"{version}\" /></Project>");
}
