namespace Appliance.Tidy;

public sealed class PackageTests
{
    private static readonly SourceFile Pins = new("Directory.Packages.props", "<Project><PackageVersion Include=\"P\" Version=\"1.2.3\" /></Project>");

    private static SourceFile Central => Repository.File("Directory.Packages.props");

    private static IEnumerable<SourceFile> Projects => Repository.Files.Where(file => file.Path.EndsWith(".csproj", StringComparison.Ordinal));

    [Fact]
    public void Every_package_has_one_exact_central_version()
    {
        IEnumerable<SourceFile> props = Repository.Files.Where(file => file.Path.EndsWith(".props", StringComparison.Ordinal) && file.Path != Central.Path);
        Repository.HasNo([.. PackageRules.Central(Central), .. Projects.Concat(props).SelectMany(file => PackageRules.References(file, Central))]);
        Assert.Contains("<ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>", Central.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_project_has_a_lock_file() => Repository.HasNo(Projects
        .Where(project => !Repository.Paths.Contains(Path.GetDirectoryName(project.Path) + "/packages.lock.json"))
        .Select(project => new Finding(project.Path, 0, "packages.lock.json is missing beside it")));

    [Theory]
    [InlineData("1.2.3", 0)]
    [InlineData("1.2.3-beta.1", 0)]
    [InlineData("1.*", 1)]
    [InlineData("[1.0,2.0)", 1)]
    [InlineData("", 1)]
    public void A_floating_version_is_found(string version, int count) =>
        Assert.Equal(count, PackageRules.Central(new SourceFile("a.props", $"<Project><PackageVersion Include=\"P\" Version=\"{version}\" /></Project>")).Count());

    [Theory]
    [InlineData("<PackageReference Include=\"P\" />", 0)]
    [InlineData("<PackageReference Include=\"Q\" />", 1)]
    [InlineData("<PackageReference Include=\"P\" Version=\"1.2.3\" />", 1)]
    [InlineData("<PackageReference Include=\"P\"><VersionOverride>2.0.0</VersionOverride></PackageReference>", 1)]
    public void A_package_pinned_elsewhere_or_nowhere_is_found(string reference, int count) =>
        Assert.Equal(count, PackageRules.References(new SourceFile("a.csproj", $"<Project>{reference}</Project>"), Pins).Count());
}
