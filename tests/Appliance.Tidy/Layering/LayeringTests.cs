namespace Appliance.Tidy;

public sealed class LayeringTests
{
    private static readonly IReadOnlyDictionary<string, int> Rooms = LayerTable.Read("""
        | layer | project | is |
        | --- | --- | --- |
        | 0 | `Low` `Appliance.Wire` | bytes, `Appliance.Node` aside |
        | 2 | `Appliance.Routing`, `Appliance.Offload` | features |
        """);

    public static TheoryData<string> Projects => [.. SourceProjects.Select(file => file.Project).Order(StringComparer.Ordinal)];

    private static IEnumerable<SourceFile> SourceProjects =>
        Repository.Files.Where(file => file.IsUnder("src") && file.Path.EndsWith(".csproj", StringComparison.Ordinal));

    private static IReadOnlyDictionary<string, int> Layers => LayerTable.Read(Repository.File("ARCHITECTURE.md").Text);

    [Fact]
    public void Projects_reference_smaller_layers_only() => Repository.HasNo(SourceProjects.SelectMany(file =>
        LayeringRule.Check(file.Path, file.Project, LayeringRule.ReferencesOf(file.Text), Layers)));

    [Fact]
    public void Every_room_of_the_table_exists() =>
        Assert.Equal(Layers.Keys.Order(StringComparer.Ordinal), SourceProjects.Select(file => file.Project).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Compiled_assemblies_use_smaller_layers_only(string project)
    {
        string folder = Path.Combine(Repository.Root, "artifacts", "bin", project, Repository.BuiltAs);
        string[] built = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.dll") : [];
        string? assembly = built
            .SingleOrDefault(file => Path.GetFileName(file).Equals(project + ".dll", StringComparison.OrdinalIgnoreCase));
        Assert.SkipWhen(assembly is null, $"{project} is not built ({Repository.BuiltAs})");
        Repository.HasNo(LayeringRule.Check(assembly!, project, CompiledReferences.Of(assembly!), Layers));
    }

    [Fact]
    public void The_table_is_read_by_its_second_column() =>
        Assert.Equal([("Appliance.Offload", 2), ("Appliance.Routing", 2), ("Appliance.Wire", 0)],
            Rooms.Select(room => (room.Key, room.Value)).OrderBy(room => room.Item1, StringComparer.Ordinal));

    [Theory]
    [InlineData("Appliance.Routing", "Appliance.Wire", 0)]
    [InlineData("Appliance.Routing", "Appliance.Offload", 1)]             // features never know each other
    [InlineData("Appliance.Wire", "Appliance.Routing", 1)]
    [InlineData("Appliance.Routing", "Appliance.Testing", 1)]
    [InlineData("Appliance.Cellar", "Appliance.Wire", 1)]
    public void A_reference_upward_or_sideways_is_found(string project, string reference, int count) =>
        Assert.Equal(count, LayeringRule.Check("a.csproj", project, [reference], Rooms).Count());

    [Fact]
    public void References_are_read_from_a_project_file()
    {
        const string Text = """
            <Project Sdk="Microsoft.NET.Sdk"><ItemGroup>
              <ProjectReference Include="..\Appliance.Wire\Appliance.Wire.csproj" /><PackageReference Include="P" />
              <Reference Include="Appliance.Node" />
            </ItemGroup></Project>
            """;
        Assert.Equal(["Appliance.Wire", "Appliance.Node"], LayeringRule.ReferencesOf(Text), StringComparer.Ordinal);
    }

    [Fact]
    public void References_are_read_from_an_assembly() =>
        Assert.Contains("Appliance.TestRunner", CompiledReferences.Of(typeof(LayeringTests).Assembly.Location), StringComparer.Ordinal);
}
