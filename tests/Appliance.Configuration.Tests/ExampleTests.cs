using Xunit;

namespace Appliance.Configuration.Tests;

public class ExampleTests
{
    public static TheoryData<string> Examples() =>
        [.. Directory.EnumerateFiles(RepositoryFiles.Configs, "*.yaml")
            .Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_loads_and_warns_only_of_a_missing_firewall(string name)
    {
        ConfigurationResult result = ConfigurationLoader.Load(Path.Combine(RepositoryFiles.Configs, name));
        Assert.Empty(result.Errors);
        Assert.NotNull(result.Model);
        Assert.Equal(result.Model.Firewall is null ? 1 : 0, result.Warnings.Length);
    }

    [Fact]
    public void The_examples_are_there()
    {
        string[] names = [.. Examples().Select(row => row.Data)];
        Assert.All((string[])["router.yaml", "dual-stack.yaml", "vlans.yaml", "ecmp.yaml", "edge-pair.yaml", "lab.yaml"],
            name => Assert.Contains(name, names));
    }
}
